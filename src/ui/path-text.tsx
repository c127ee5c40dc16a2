import { usePage } from './page.js'

/** A path with names in place of the ids that are known. */
export function PathText({ url }: { url: string }) {
  const { directory } = usePage().state
  const [path = '', query] = url.split('?', 2)
  const parts = path
    .replace(/^\/v1(?=\/)/, '')
    .split('/')
    .slice(1)
  return (
    <span class="path" title={url}>
      {parts.map((part, index) => {
        const name = directory.nameOf(part)
        return (
          <span key={index}>
            <i>/</i>
            {name === undefined ? <bdi>{decode(part)}</bdi> : <bdi class="name">{name}</bdi>}
          </span>
        )
      })}
      {query !== undefined && <span class="muted">?{decode(query)}</span>}
    </span>
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
