/** Content-Security-Policy: what a page may load, as one line. */
const line = (policy: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
    .join('; ');

const common = {
  'default-src': ["'self'"],
  // style attributes that are rendered on the server
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'self'", 'data:'],
  'media-src': ["'self'", 'data:', 'blob:'],
  'connect-src': ["'self'"],
  'worker-src': ["'self'", 'blob:'],
  'frame-src': ["'none'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
} as const;

/** WebAssembly may be compiled; text never becomes a script. */
const scripts = ["'self'", "'wasm-unsafe-eval'"] as const;

/** A page's own policy. Inline scripts need the nonce, which is another one for each answer. */
export const pagePolicy = ({
  nonce,
  embedded,
  development,
}: {
  readonly nonce: string;
  /** Other sites may show this page in a frame. */
  readonly embedded: boolean;
  /** React's development build makes functions from text. */
  readonly development: boolean;
}): string =>
  line({
    ...common,
    'script-src': [...scripts, `'nonce-${nonce}'`, ...(development ? ["'unsafe-eval'"] : [])],
    'frame-ancestors': [embedded ? '*' : "'self'"],
  });

/** What workers may load: they have the policy of their own file, not that of the page. */
export const filePolicy = ({ development }: { readonly development: boolean }): string =>
  line({
    ...common,
    'script-src': [...scripts, ...(development ? ["'unsafe-eval'"] : [])],
    'frame-ancestors': ["'none'"],
  });
