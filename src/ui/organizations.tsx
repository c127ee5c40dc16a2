import { useState } from 'preact/hooks'
import { Search, useLoaded } from './parts.js'
import { usePage } from './page.js'
import { go } from './route.js'
import { formatDate } from './time.js'

const maxShown = 100

/** Which organization the page shows, and the others, the most recently used first. */
export function OrganizationSwitch() {
  const { route } = usePage()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details
      class="switch"
      open={isOpen}
      onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}
      onKeyDown={({ key }) => {
        if (key === 'Escape') setIsOpen(false)
      }}
    >
      <summary>
        <span class="visually-hidden">Organization: </span>
        <bdi>{route.organization}</bdi>
      </summary>
      {isOpen && <Choices onChosen={() => setIsOpen(false)} />}
    </details>
  )
}

function Choices({ onChosen }: { onChosen: () => void }) {
  const { live, route } = usePage()
  const [text, setText] = useState('')
  const { value, problem } = useLoaded(() => live.session.client.listOrganizations(), [live])
  const found = (value ?? []).filter(({ name }) => name.includes(text))

  function choose(organization: string) {
    onChosen()
    go({ organization, view: route.view, path: [] })
  }

  return (
    <div class="choices">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const name = found.some((one) => one.name === text) || found.length === 0 ? nameOf(text) : found[0]?.name
          if (name !== undefined) choose(name)
        }}
      >
        <Search label="Find or open org-name" value={text} onInput={setText} />
      </form>
      {problem !== undefined && <p class="problem">{problem}</p>}
      <ul>
        {found.slice(0, maxShown).map(({ name, last_used_at, group_users }) => (
          <li key={name}>
            <button
              type="button"
              aria-current={name === route.organization ? 'true' : undefined}
              onClick={() => choose(name)}
            >
              <bdi>{name}</bdi>
              <small class="muted">
                {last_used_at === null ? 'not called yet' : `called ${formatDate(last_used_at)}`}, {group_users} grants
              </small>
            </button>
          </li>
        ))}
      </ul>
      {found.length > maxShown && <p class="muted">{found.length - maxShown} more: type a part of the name.</p>}
      {value && found.length === 0 && (
        <p class="muted">
          {nameOf(text) === undefined
            ? 'A name has 1 to 64 characters a-z 0-9 _ - after org-.'
            : `Enter opens ${nameOf(text) ?? ''}.`}
        </p>
      )}
    </div>
  )
}

/** The organization that a text names. */
function nameOf(text: string): string | undefined {
  if (text === 'default') return text
  const name = text.startsWith('org-') ? text : `org-${text}`
  return /^org-[a-z0-9_-]{1,64}$/.test(name) ? name : undefined
}
