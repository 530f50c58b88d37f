/**
 * The environment of a child, as it is. The cast is sound: Next declares NODE_ENV as present in every environment, which
 * holds for Holdfast's own; a tool neither has nor needs it.
 */
export function exactEnvironment(variables: Record<string, string>): NodeJS.ProcessEnv {
  return variables as Record<string, string> & NodeJS.ProcessEnv
}
