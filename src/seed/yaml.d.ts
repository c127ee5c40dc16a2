/** The build turns a YAML file into the value that it holds. */
declare module '*.yaml' {
  const value: unknown
  export default value
}
