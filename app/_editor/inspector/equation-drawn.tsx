'use client';

import 'katex/dist/katex.min.css';
import katex from 'katex';
import { useMemo } from 'react';

/** KaTeX draws no links or raw HTML as long as it is not told to trust. A formula that is wrong shows its source. */
export default function EquationDrawn({ tex }: { readonly tex: string }) {
  const html = useMemo(
    () => katex.renderToString(tex, { displayMode: true, throwOnError: false, trust: false, strict: 'ignore' }),
    [tex],
  );
  return (
    <div
      className="overflow-x-auto overflow-y-hidden rounded-md bg-surface-2 px-3 text-sm"
      // biome-ignore lint/security/noDangerouslySetInnerHtml: KaTeX's own output for the formula of a declaration
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}
