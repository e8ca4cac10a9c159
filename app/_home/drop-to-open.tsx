'use client';

import { FileDown } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useOpenFile } from './start.tsx';

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;

/** A graph's file can be dropped anywhere on the page. */
export function DropToOpen() {
  const { openFile } = useOpenFile();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      // only when the pointer leaves the window
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) void openFile(file);
    };
    addEventListener('dragover', onOver);
    addEventListener('dragleave', onLeave);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragover', onOver);
      removeEventListener('dragleave', onLeave);
      removeEventListener('drop', onDrop);
    };
  });
  if (!over) return null;
  return (
    <div className="pointer-events-none fixed inset-3 z-50 grid animate-fade place-items-center rounded-xl border-2 border-accent border-dashed bg-surface/80">
      <p className="flex items-center gap-2 font-medium text-lg">
        <FileDown size={20} aria-hidden="true" />
        Drop to open a copy
      </p>
    </div>
  );
}
