/** The build replaces a YAML file with its value. */
declare module '*.yaml' {
  const value: unknown
  export default value
}

/** With `?raw`, it replaces it with its text. */
declare module '*.yaml?raw' {
  const text: string
  export default text
}
