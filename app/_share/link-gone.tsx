import { Link2Off } from 'lucide-react';
import Link from 'next/link';
import { buttonClass } from '../_ui/button.tsx';
import { Empty } from '../_ui/notice.tsx';

/** One page for wrong, expired and taken back links: a guess learns nothing. */
export function LinkGone() {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <Empty
        isPage
        icon={<Link2Off size={28} />}
        title="This link does not open anything"
        text="It may have expired or been taken back: ask whoever sent it for a new one."
      >
        <Link href="/" prefetch={false} className={buttonClass({ look: 'solid' })}>
          Open Patchbay
        </Link>
      </Empty>
    </main>
  );
}
