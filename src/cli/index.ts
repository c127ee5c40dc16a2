#!/usr/bin/env node
import module from 'node:module'

// This file loads on any Node: better-sqlite3 would crash an old one before a word could be said.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `opal-sandbox: Node 22.12 or newer is needed, this is ${process.version} (${process.execPath}).\n`,
  )
  process.exit(1)
}

module.enableCompileCache()
const { run } = await import('./main.js')
await run(process.argv)
