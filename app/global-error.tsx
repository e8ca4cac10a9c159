'use client';

import './globals.css';

/** The last resort, where the layout itself broke: it uses nothing of ours but the colours. */
export default function GlobalError({ reset }: { reset(): void }) {
  return (
    <html lang="en">
      <body className="grid min-h-dvh place-items-center p-4 text-center">
        <main>
          <title>Patchbay</title>
          <h1 className="font-semibold text-lg">Patchbay broke</h1>
          <p className="mt-1 text-ink-2">What you did is kept on this device. Load the page again.</p>
          <button
            type="button"
            onClick={reset}
            className="mt-4 h-8 rounded-md bg-solid px-3 font-medium text-on-solid hover:bg-solid-hover"
          >
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
