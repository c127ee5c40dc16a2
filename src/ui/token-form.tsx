import { useEffect, useRef, useState } from 'preact/hooks'
import { Gem } from './icons.js'

interface TokenFormProps {
  message: string | undefined
  onToken: (token: string) => void
}

/** In place of the page, if the sandbox does not talk to callers without a token. */
export function TokenForm({ message, onToken }: TokenFormProps) {
  return (
    <main class="gate">
      <div class="brand">
        <Gem />
        <h1>opal-sandbox</h1>
      </div>
      <p>This sandbox wants to know whose organization to show. Enter a token of it.</p>
      <TokenField onToken={onToken} />
      {message !== undefined && <p class="muted">{message}</p>}
    </main>
  )
}

interface TokenDialogProps {
  onToken: (token: string) => void
  onClose: () => void
}

export function TokenDialog({ onToken, onClose }: TokenDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="token-title">
      <h2 id="token-title">A token for calls</h2>
      <p>The tokens of this organization have secrets of their own. Enter one to send calls of the API.</p>
      <TokenField onToken={onToken} />
      <button type="button" onClick={() => dialog.current?.close()}>
        Cancel
      </button>
    </dialog>
  )
}

function TokenField({ onToken }: { onToken: (token: string) => void }) {
  const [token, setToken] = useState('')
  return (
    <form
      class="line"
      onSubmit={(event) => {
        event.preventDefault()
        if (token.trim() !== '') onToken(token.trim())
      }}
    >
      <input
        type="password"
        aria-label="Token"
        placeholder="Token"
        autocomplete="off"
        value={token}
        onInput={({ currentTarget }) => setToken(currentTarget.value)}
      />
      <button type="submit" class="primary">
        Open
      </button>
    </form>
  )
}
