import type { RouteOptions } from 'fastify'
import { openSandbox } from '../src/sandbox.js'

/** All routes, of both planes. */
export async function registeredRoutes(): Promise<RouteOptions[]> {
  const routes: RouteOptions[] = []
  const { app, loadAll, close } = openSandbox({
    onApp: (app) => app.addHook('onRoute', (route) => void routes.push(route)),
  })
  await app.ready()
  await loadAll()
  await close()
  return routes
}
