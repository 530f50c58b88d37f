import { z } from 'zod'

/**
 * `isolated`: of its own are user, file system, processes, IPC and network. `own-user`: it reaches none of our files,
 * processes and sockets, but sees names of processes, or the machine's network. `none`: it is not kept apart.
 */
export const confinementGrades = ['isolated', 'own-user', 'none'] as const

/** Ceilings of a sandbox. Those of memory, files and the size of one count for each of its processes. */
export const sandboxLimitsSchema = z.object({
  memoryBytes: z.number().nullable(),
  processes: z.number(),
  openFiles: z.number(),
  /** Of everything it writes together: it is ended when it passes it. */
  diskBytes: z.number(),
})
export type SandboxLimits = z.infer<typeof sandboxLimitsSchema>

/** What really kept restored code apart, as a probe found it before anything was restored; part of the evidence. */
export const confinementReportSchema = z.object({
  grade: z.enum(confinementGrades),
  /** Why it is `none`. */
  reasons: z.array(z.string()),
  by: z.enum(['bubblewrap', 'util-linux', 'user', 'nothing']),
  user: z.string(),
  /** Names of Linux namespaces (namespaces(7)) that it does not share with us. */
  namespaces: z.array(z.string()),
  network: z.enum(['none', 'this machine']),
  limits: sandboxLimitsSchema,
  /** Things of Holdfast that the probe tried to reach. */
  tried: z.number(),
})
export type ConfinementReport = z.infer<typeof confinementReportSchema>
