import type { ApiRoute } from './routes/api-route'
import { accessRoutes } from './routes/access'
import { backupRoutes } from './routes/backups'
import { configurationRoutes } from './routes/configuration'
import { instanceRoutes } from './routes/instance'
import { recoveryRoutes } from './routes/recovery'
import { workRoutes } from './routes/work'

/** Every operation of the HTTP API; a test holds it against the route files. */
export const apiRoutes: ApiRoute[] = [
  ...configurationRoutes,
  ...backupRoutes,
  ...workRoutes,
  ...recoveryRoutes,
  ...instanceRoutes,
  ...accessRoutes,
]
