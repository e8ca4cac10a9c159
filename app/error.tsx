'use client';

import { CircleAlert } from 'lucide-react';
import { Button, buttonClass } from './_ui/button.tsx';
import { Empty } from './_ui/notice.tsx';

/** A fault of ours in a page. What was done in an editor is kept on the device by then: nothing is lost. */
export default function ErrorPage({ error, reset }: { readonly error: Error & { digest?: string }; reset(): void }) {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <Empty
        isPage
        icon={<CircleAlert size={28} />}
        title="This page broke"
        text={`What you did is kept. ${error.digest ? `The server's log knows more under ${error.digest}.` : error.message}`}
      >
        <Button look="solid" onClick={reset}>
          Try again
        </Button>
        {/* a whole page load: what broke may be in memory */}
        <a href="/" className={buttonClass()}>
          Your graphs
        </a>
      </Empty>
    </main>
  );
}
