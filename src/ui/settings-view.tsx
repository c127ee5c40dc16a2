import type { Settings } from '../library/types.js'
import { useApiDocument, type Setting } from './api-document.js'
import { Problem, useLoaded, useWork } from './parts.js'
import { usePage } from './page.js'

/** What the sandbox does where Opal's documentation is silent. */
export function SettingsView({ title }: { title: string }) {
  const { live, state } = usePage()
  const { client } = live.session
  const { value: document, problem: unread } = useApiDocument()
  const { value: settings } = useLoaded(() => client.getSettings(), [live, state.revision])
  const { start, problem, isBusy } = useWork()

  function change(name: string, value: unknown) {
    start(() => live.change(() => client.changeSettings({ [name]: value })))
  }

  return (
    <div class="pane">
      <div class="head">
        <p class="title" aria-hidden="true">
          {title}
        </p>
      </div>
      <p class="lead">What this organization does where Opal's documentation is silent, or was seen to differ.</p>
      <Problem text={problem ?? unread} />
      <div class="body scroll">
        <ul class="settings">
          {settings &&
            document?.settings.map((setting) => (
              <li key={setting.name}>
                <div>
                  <code id={`setting-${setting.name}`}>{setting.name}</code>
                  <p class="muted" id={`about-${setting.name}`}>
                    {setting.description
                      .split('`')
                      .map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}
                  </p>
                </div>
                <Value
                  setting={setting}
                  value={settings[setting.name as keyof Settings]}
                  disabled={isBusy}
                  onChange={(value) => change(setting.name, value)}
                />
              </li>
            ))}
        </ul>
      </div>
    </div>
  )
}

interface ValueProps {
  setting: Setting
  value: unknown
  disabled: boolean
  onChange: (value: unknown) => void
}

function Value({ setting: { name, values, isNumber }, value, disabled, onChange }: ValueProps) {
  const labels = { 'aria-labelledby': `setting-${name}`, 'aria-describedby': `about-${name}` }
  if (values) {
    return (
      <select
        {...labels}
        disabled={disabled}
        value={String(value)}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
        {values
          .filter((one) => one !== null)
          .map((one) => (
            <option key={one}>{one}</option>
          ))}
      </select>
    )
  }
  return (
    <input
      {...labels}
      key={JSON.stringify(value)}
      disabled={disabled}
      type="text"
      inputMode={isNumber ? 'numeric' : 'text'}
      spellcheck={false}
      defaultValue={value === undefined ? 'null' : typeof value === 'string' ? value : JSON.stringify(value)}
      onChange={({ currentTarget }) => onChange(readJson(currentTarget.value))}
    />
  )
}

/** `off` may be written without quotes. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
