/** The product's mark (build/icons/mark.svg): a socket and the plug in it. */
export function Mark({ size = 24 }: { readonly size?: number }) {
  const length = `${size / 16}rem`;
  return (
    <svg
      className="mark"
      viewBox="0 0 32 32"
      width={length}
      height={length}
      fill="none"
      stroke="currentColor"
      strokeWidth="3.6"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M23.9 8.1a11.2 11.2 0 1 0 0 15.8" />
      <g className="plug">
        <path d="M16 16h13" stroke="currentColor" />
        <circle cx="15" cy="16" r="4.6" fill="currentColor" stroke="none" />
      </g>
    </svg>
  );
}
