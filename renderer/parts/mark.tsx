/** The product's mark, drawn as build/icons/mark.svg has it, in the colour of the text around it. Decorative. */
export function Mark({ size = 24 }: { readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      stroke="currentColor"
      strokeWidth="3.6"
      strokeLinecap="round"
    >
      <path d="M23.9 8.1a11.2 11.2 0 1 0 0 15.8" />
      <path d="M16 16h13" />
      <circle cx="15" cy="16" r="4.6" fill="currentColor" stroke="none" />
    </svg>
  );
}
