/** Saves a text as a file. */
export const downloadText = (name: string, text: string, media = 'text/plain'): void =>
  downloadBlob(name, new Blob([text], { type: `${media};charset=utf-8` }));

export function downloadBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // a moment later: some browsers read it only then
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A name that every file system takes. */
export const fileName = (name: string): string => name.replace(/[^\p{L}\p{N} ._-]+/gu, '').trim() || 'patchbay';
