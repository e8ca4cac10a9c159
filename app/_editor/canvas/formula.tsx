'use client';

import 'katex/dist/katex.min.css';
import katex from 'katex';
import { useMemo } from 'react';

/** A formula in a note. KaTeX draws no links or raw HTML unless told to trust; one that is wrong shows its source. */
export default function Formula({ tex, display = false }: { readonly tex: string; readonly display?: boolean }) {
  const html = useMemo(
    () => katex.renderToString(tex, { displayMode: display, throwOnError: false, trust: false, strict: 'ignore' }),
    [tex, display],
  );
  // biome-ignore lint/security/noDangerouslySetInnerHtml: KaTeX made it, and it escapes what it is given
  return <span dangerouslySetInnerHTML={{ __html: html }} />;
}
