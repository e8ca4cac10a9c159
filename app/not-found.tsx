import { FileQuestion } from 'lucide-react';
import Link from 'next/link';
import { buttonClass } from './_ui/button.tsx';
import { Empty } from './_ui/notice.tsx';

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <title>Not found · Patchbay</title>
      <Empty
        isPage
        icon={<FileQuestion size={28} />}
        title="There is nothing at this address"
        text="A graph may have been deleted, or it belongs to another account."
      >
        <Link href="/" prefetch={false} className={buttonClass({ look: 'solid' })}>
          Your graphs
        </Link>
      </Empty>
    </main>
  );
}
