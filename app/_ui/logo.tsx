/** A plug in a socket: two rings joined by a cable. */
export function Logo({ size = 22 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <rect x="1" y="1" width="22" height="22" rx="6" fill="var(--solid)" />
      <circle cx="7.5" cy="7.75" r="2.5" stroke="var(--on-solid)" strokeWidth="1.75" />
      <circle cx="16.5" cy="16.25" r="2.5" fill="var(--on-solid)" />
      <path
        d="M10 7.75h1.5c3 0 2.9 2.6 2.9 4.3 0 1.4-.2 2.6.6 3.4"
        stroke="var(--on-solid)"
        strokeWidth="1.75"
        strokeLinecap="round"
      />
    </svg>
  );
}
