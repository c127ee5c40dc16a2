import { execFileSync } from 'node:child_process'

/** The tests of the command run what is built, so it has to be what stands in `src`. */
export default function build() {
  execFileSync(process.execPath, ['scripts/build.js'], { stdio: 'inherit' })
}
