import { useEffect, useState } from 'react';
import type { GraphDocument } from '../../../graph/document.ts';
import { MOST_CHARACTERS, toFragment } from '../../_client/fragment.ts';
import { CopyField } from '../../_ui/copy-field.tsx';
import { useSession } from '../context.tsx';

/** A small graph fits into an address: nothing is stored on a server for it, and nobody can take it back. */
export function GraphAddress() {
  const session = useSession();
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    let gone = false;
    void toFragment(session.whole as GraphDocument).then((hash) => {
      if (!gone) setAddress(`${location.origin}/${hash}`);
    });
    return () => {
      gone = true;
    };
  }, [session]);
  if (address === undefined) return null;
  return (
    <details className="mt-5">
      <summary className="font-medium">Without the server</summary>
      {address.length > MOST_CHARACTERS ? (
        <p className="mt-1.5 text-ink-2">
          This graph is too large for an address. Send it as a file: Download in the menu of the graph.
        </p>
      ) : (
        <>
          <p className="mt-1.5 mb-2 text-ink-2">
            This address holds the graph itself, without files and results. It can not be taken back.
          </p>
          <CopyField label="Address with the graph" text={address} />
        </>
      )}
    </details>
  );
}
