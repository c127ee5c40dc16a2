import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

interface ListProps<Item> {
  label: string
  items: Item[]
  keyOf: (item: Item) => string
  /** In pixels; all rows have the same. */
  rowHeight: number
  /** The key of the open row. */
  open?: string | undefined
  onOpen?: ((item: Item) => void) | undefined
  row: (item: Item) => ComponentChildren
  /** Stays above the rows when they scroll. */
  header?: ComponentChildren
  class?: string
}

/** How many rows are rendered above and below those that are visible. */
const spare = 6

/** A list of which only the visible rows are in the document. Arrow keys move, Enter opens. */
export function List<Item>({ label, items, keyOf, rowHeight, open, onOpen, row, header, ...props }: ListProps<Item>) {
  const frame = useRef<HTMLDivElement>(null)
  const heading = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 800 })
  const [active, setActive] = useState<string>()

  useLayoutEffect(() => {
    const element = frame.current
    if (!element) return
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const activeIndex = items.findIndex((item) => keyOf(item) === (active ?? open))
  const openIndex = open === undefined ? -1 : items.findIndex((item) => keyOf(item) === open)
  useEffect(() => {
    if (openIndex >= 0) show(openIndex)
  }, [open, rowHeight])

  function show(index: number) {
    const element = frame.current
    if (!element) return
    const top = index * rowHeight
    const height = element.clientHeight - (heading.current?.offsetHeight ?? 0)
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowHeight > element.scrollTop + height) element.scrollTop = top + rowHeight - height
  }

  function move(event: KeyboardEvent) {
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 1)
    const steps: Record<string, number> = {
      ArrowDown: activeIndex + 1,
      ArrowUp: activeIndex - 1,
      PageDown: activeIndex + page,
      PageUp: activeIndex - page,
      Home: 0,
      End: items.length - 1,
    }
    const item = items[activeIndex]
    if ((event.key === 'Enter' || event.key === ' ') && item) {
      event.preventDefault()
      onOpen?.(item)
      return
    }
    const wanted = steps[event.key]
    if (wanted === undefined) return
    event.preventDefault()
    const index = Math.min(items.length - 1, Math.max(0, wanted))
    const next = items[index]
    if (next === undefined) return
    setActive(keyOf(next))
    show(index)
  }

  const first = Math.max(0, Math.floor(view.top / rowHeight) - spare)
  const last = Math.min(items.length, Math.ceil((view.top + view.height) / rowHeight) + spare)
  const activeKey = items[activeIndex] && keyOf(items[activeIndex])
  return (
    <div
      ref={frame}
      class={`list ${props.class ?? ''}`}
      onScroll={({ currentTarget }) => setView({ top: currentTarget.scrollTop, height: currentTarget.clientHeight })}
    >
      {header !== undefined && (
        <div ref={heading} class="list-header">
          {header}
        </div>
      )}
      <div
        class="rows"
        role="listbox"
        aria-label={label}
        tabIndex={0}
        aria-activedescendant={
          activeIndex >= first && activeIndex < last && activeKey !== undefined ? rowId(label, activeKey) : undefined
        }
        style={{ height: `${items.length * rowHeight}px` }}
        onKeyDown={move}
      >
        {items.slice(first, last).map((item, index) => {
          const key = keyOf(item)
          return (
            <div
              key={key}
              id={rowId(label, key)}
              role="option"
              aria-selected={key === open}
              aria-setsize={items.length}
              aria-posinset={first + index + 1}
              class={key === activeKey ? 'row active' : 'row'}
              style={{ top: `${(first + index) * rowHeight}px`, height: `${rowHeight}px` }}
              onClick={() => {
                setActive(key)
                onOpen?.(item)
              }}
            >
              {row(item)}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function rowId(label: string, key: string): string {
  return `${label}-${key}`.replaceAll(/[^\w-]/g, '-')
}
