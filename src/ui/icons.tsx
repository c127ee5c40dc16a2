import type { View } from './route.js'

const paths: Record<View | 'docs', string> = {
  docs: 'M5 4h9l5 5v11H5zM14 4v5h5M8 13h8M8 16.500h5',
  calls: 'M4 7h12m0 0-3-3m3 3-3 3M20 17H8m0 0 3-3m-3 3 3 3',
  access: 'M4 6h9M4 12h15M4 18h6M20 4v16',
  state:
    'M12 3c4.4 0 8 1.3 8 3s-3.600 3-8 3-8-1.300-8-3 3.600-3 8-3ZM4 6v12c0 1.700 3.600 3 8 3s8-1.300 8-3V6M4 12c0 1.700 3.600 3 8 3s8-1.300 8-3',
  faults: 'M13 3 5 14h6l-1 7 9-12h-6l1-6Z',
  coverage: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z',
  saved: 'M5 4h11l3 3v13H5zM8 4v5h7V4M8 20v-6h8v6',
  settings: 'M4 7h10m4 0h2M4 17h2m4 0h10M16 4.500v5M8 14.500v5',
}

export function Icon({ view }: { view: View | 'docs' }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[view]} />
    </svg>
  )
}

export function Gem() {
  return (
    <svg class="gem" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M7 3h10l5 6-10 12L2 9z" />
      <path class="facet" d="M7 3h10l5 6H2z" />
      <path class="facet" d="M8.500 9h7L12 21z" />
    </svg>
  )
}
