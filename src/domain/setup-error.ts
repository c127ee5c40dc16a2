/** Something that keeps the sandbox from starting and that its user can mend: one line, made to be read alone. */
export class SetupError extends Error {
  override readonly name = 'SetupError'
}
