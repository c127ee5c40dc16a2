/** The build turns a YAML file into the value that it holds. */
declare module '*.yaml' {
  const value: unknown
  export default value
}

/** And with `?raw` into its text. */
declare module '*.yaml?raw' {
  const text: string
  export default text
}
