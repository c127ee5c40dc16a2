// npm run bench [-- PART ... [--rounds N] [--seconds N]]: prints a Markdown table for each part. What is compared is
// measured in turns within one run; read the ratios, and distrust them where the spread is wide. No test: machines are
// noisy.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'

/** In the order in which they run when none is named. */
const parts = ['put', 'page', 'journal', 'start', 'memory', 'organizations', 'list', 'library', 'fixture']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '2' } },
})
const unknown = positionals.filter((name) => !parts.includes(name))
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]
if (unknown.length > 0 || !(rounds >= 1) || !(seconds > 0)) {
  console.error(`bench: expected parts among ${parts.join(', ')}, and numbers after --rounds and --seconds`)
  process.exit(1)
}
console.log(`Node ${process.versions.node}, ${cpus().length} processors (${cpus()[0].model}), ${rounds} rounds.`)
for (const name of positionals.length > 0 ? positionals : parts) {
  const { measure } = await import(`./parts/${name}.js`)
  console.log(`\n## ${name}\n\n${await measure({ rounds, seconds })}`)
}
