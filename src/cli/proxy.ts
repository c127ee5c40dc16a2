const loopback = ['127.0.0.1', 'localhost', '[::1]', '::1', '.localhost', '0.0.0.0', '127.0.0.0/8']

const loopbackHost = /^((.+\.)?localhost|127(\.\d{1,3}){3}|0\.0\.0\.0|\[::1\])$/

/** Adds loopback to NO_PROXY: with NODE_USE_ENV_PROXY, Node would send calls of a sandbox on this machine to the proxy. */
export function keepLoopbackDirect(env: NodeJS.ProcessEnv): void {
  exclude(env, loopback)
}

/** The same for the host of a URL, if it is an address of this machine: Node's fetch does not read 127.0.0.0/8. */
export function callDirectly(url: string, env: NodeJS.ProcessEnv): void {
  const { hostname } = new URL(url)
  if (loopbackHost.test(hostname)) exclude(env, [hostname])
}

function exclude(env: NodeJS.ProcessEnv, added: string[]): void {
  // Programs differ in which spelling they prefer.
  for (const name of ['no_proxy', 'NO_PROXY']) {
    const listed = env[name] ?? env.NO_PROXY ?? env.no_proxy ?? ''
    // "*" stands alone: no host is called through a proxy.
    if (listed.trim() === '*') continue
    const hosts = listed.split(/[\s,]+/).filter((host) => host !== '')
    env[name] = [...hosts, ...added.filter((host) => !hosts.includes(host))].join(',')
  }
}

/** The proxy that Node uses for a URL, without its password. Undefined if it calls the URL directly. */
export function findProxy(url: string, env: NodeJS.ProcessEnv): string | undefined {
  if (env.NODE_USE_ENV_PROXY !== '1') return undefined
  const { protocol, hostname } = new URL(url)
  const hosts = (env.no_proxy ?? env.NO_PROXY ?? '').split(/[\s,]+/)
  if (hosts.includes('*') || hosts.includes(hostname) || loopbackHost.test(hostname)) return undefined
  const http = env.http_proxy ?? env.HTTP_PROXY
  const proxy = protocol === 'https:' ? (env.https_proxy ?? env.HTTPS_PROXY ?? http) : http
  return proxy !== undefined && URL.canParse(proxy) ? new URL(proxy).host : undefined
}
