/** A problem that keeps the sandbox from starting and that its user can fix. The message is one self-contained line. */
export class SetupError extends Error {
  override readonly name = 'SetupError'
}
