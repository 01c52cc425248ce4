/** The window's icons: one set, drawn for it on a grid of 20, strokes of 1.6 with round ends. Always beside a word or a label. */
const paths = {
  services: 'M7 3v4M13 3v4M5 7h10v3a5 5 0 0 1-10 0zM10 15v2.5',
  apps: 'M3 4.5h14v11H3zM3 8h14M5.5 6.3h.01M7.8 6.3h.01',
  activity: 'M3 10h3.2l2-5.2 3.6 10.4 2-5.2H17',
  settings:
    'M3 6h7M14.5 6H17M3 14h2.5M10 14h7M12.2 3.8a2.2 2.2 0 1 1 0 4.4a2.2 2.2 0 1 1 0-4.4M7.8 11.8a2.2 2.2 0 1 1 0 4.4a2.2 2.2 0 1 1 0-4.4',
  help: 'M10 2.8a7.2 7.2 0 1 1 0 14.4a7.2 7.2 0 1 1 0-14.4M7.9 8a2.1 2.1 0 1 1 3.2 1.8c-.8.5-1.1.9-1.1 1.7M10 14.2v.01',
  check: 'M4 10.6l3.8 3.8L16 6',
  attention: 'M10 3.2l7.2 12.9H2.8zM10 8.2v3.6M10 13.9v.01',
  stop: 'M10 2.8a7.2 7.2 0 1 1 0 14.4a7.2 7.2 0 1 1 0-14.4M10 6.4v4.4M10 13.6v.01',
  info: 'M10 2.8a7.2 7.2 0 1 1 0 14.4a7.2 7.2 0 1 1 0-14.4M10 9.2v4.4M10 6.4v.01',
  pause: 'M7 4.5v11M13 4.5v11',
  resume: 'M6.5 4.2l9 5.8-9 5.8z',
  lock: 'M4.5 9h11v8h-11zM6.8 9V6.2a3.2 3.2 0 0 1 6.4 0V9M10 12.2v1.8',
  key: 'M6.6 9.6a3.6 3.6 0 1 1 0 7.2a3.6 3.6 0 1 1 0-7.2M9.2 10.8L16.4 3.6M13.2 6.8l2.4 2.4',
  'no-signal':
    'M3 8.2a10 10 0 0 1 4-2.4M17 8.2a10 10 0 0 0-6.6-2.9M6 11.6a6 6 0 0 1 2-1.3M14 11.6a6 6 0 0 0-1.3-.9M10 15.2v.01M4 3.5l12 13',
  limit: 'M3.4 14.5a7.2 7.2 0 1 1 13.2 0M10 11.5l3.6-4',
  removed: 'M10 2.8a7.2 7.2 0 1 1 0 14.4a7.2 7.2 0 1 1 0-14.4M6.6 10h6.8',
  waiting: 'M10 2.8a7.2 7.2 0 1 1-7.2 7.2M10 6v4.2l2.8 1.8',
  'sign-in': 'M9 3.5h6.5v13H9M3 10h8.5M8.4 6.8l3.2 3.2-3.2 3.2',
  'sign-out': 'M10.5 3.5H4v13h6.5M8.5 10H17M13.8 6.8L17 10l-3.2 3.2',
  nobody: 'M10 3.2a6.8 6.8 0 1 1 0 13.6a6.8 6.8 0 1 1 0-13.6',
  remove: 'M4 5.8h12M8 5.8V3.6h4v2.2M5.6 5.8l.7 11h7.4l.7-11M8.6 9v4.8M11.4 9v4.8',
  add: 'M10 4v12M4 10h12',
  more: 'M4.4 9.6a.4.4 0 1 1 0 .8a.4.4 0 1 1 0-.8M10 9.6a.4.4 0 1 1 0 .8a.4.4 0 1 1 0-.8M15.6 9.6a.4.4 0 1 1 0 .8a.4.4 0 1 1 0-.8',
  down: 'M5 7.8l5 5 5-5',
  right: 'M7.8 5l5 5-5 5',
  back: 'M12 5l-5 5 5 5',
  outside: 'M8 4.5H4.5v11h11V12M11.5 3.5h5v5M16 4l-6.8 6.8',
  copy: 'M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4',
  close: 'M5 5l10 10M15 5L5 15',
  retry: 'M16.2 10a6.2 6.2 0 1 1-1.9-4.5M16.4 3v3.4H13',
  person: 'M10 3.2a3.4 3.4 0 1 1 0 6.8a3.4 3.4 0 1 1 0-6.8M3.6 16.8c.8-2.8 3.2-4.4 6.4-4.4s5.6 1.6 6.4 4.4',
  browser: 'M3 4.5h14v11H3zM3 8h14M12 13.2l-1.6-1.6 1.6-1.6',
  search: 'M9 3.6a5.4 5.4 0 1 1 0 10.8a5.4 5.4 0 1 1 0-10.8M13 13l3.6 3.6',
  folder: 'M3 5h5l1.6 2H17v8.5H3z',
  shield: 'M10 2.8l6 2.2v4.4c0 3.8-2.4 6.4-6 7.8-3.6-1.4-6-4-6-7.8V5z',
  eye: 'M2.8 10c1.6-3.2 4.2-4.9 7.2-4.9s5.6 1.7 7.2 4.9c-1.6 3.2-4.2 4.9-7.2 4.9S4.4 13.2 2.8 10M10 7.7a2.3 2.3 0 1 1 0 4.6a2.3 2.3 0 1 1 0-4.6',
  'eye-closed':
    'M2.8 10c1.6-3.2 4.2-4.9 7.2-4.9s5.6 1.7 7.2 4.9c-1.6 3.2-4.2 4.9-7.2 4.9S4.4 13.2 2.8 10M10 7.7a2.3 2.3 0 1 1 0 4.6a2.3 2.3 0 1 1 0-4.6M3.6 16.4L16.4 3.6',
  script: 'M7.5 6.5L4 10l3.5 3.5M12.5 6.5L16 10l-3.5 3.5',
  pencil: 'M4 16l.8-3.4L13 4.4l2.6 2.6-8.2 8.2zM11.4 6l2.6 2.6',
  swap: 'M4 7.2h11.5M12.6 4.2l3 3-3 3M16 12.8H4.5M7.4 9.8l-3 3 3 3',
} as const;

export type IconName = keyof typeof paths;

/** `size` in pixels at normal text size; grows with the text. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  const length = `${size / 16}rem`;
  return (
    <svg
      viewBox="0 0 20 20"
      width={length}
      height={length}
      fill="none"
      stroke="currentColor"
      strokeWidth={size > 24 ? 1.4 : 1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
