'use client';

import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { TopBar } from './bar/top-bar.tsx';
import { Breadcrumbs } from './canvas/breadcrumbs.tsx';
import { Canvas } from './canvas/canvas.tsx';
import { CommandPalette } from './commands/command-palette.tsx';
import { ContextMenu } from './commands/context-menu.tsx';
import { Shortcuts } from './commands/shortcuts.tsx';
import { ShortcutsDialog } from './commands/shortcuts-dialog.tsx';
import { SessionProvider, useEditor } from './context.tsx';
import { ShareDialog } from './dialogs/share-dialog.tsx';
import { VersionsDialog } from './dialogs/versions-dialog.tsx';
import { Dock } from './dock/dock.tsx';
import { InspectorFrame } from './inspector-frame.tsx';
import { LiveRegion } from './live-region.tsx';
import { LeftPanel } from './panel/left-panel.tsx';
import { QuickAddSearch } from './panel/quick-add.tsx';
import type { EditorSession } from './state/session.ts';
import { ValueDialog } from './values/value-dialog.tsx';

const Tour = lazy(() => import('../_tour/tour.tsx'));

/** Home's tour opens its graph with `?tour` in the address. */
function TourWhenAsked() {
  const [asked, setAsked] = useState(false);
  useEffect(() => setAsked(new URLSearchParams(location.search).has('tour')), []);
  return asked ? (
    <Suspense>
      <Tour />
    </Suspense>
  ) : null;
}

/** Each graph that is opened gets a canvas of its own: nodes of two may have the same ids. */
function ShownCanvas() {
  const scope = useEditor((state) => state.scope.join('/'));
  return <Canvas key={scope} />;
}

/** The editor around one open graph. Behind a share link the session is read-only, and `banner` says whose it is. */
export function EditorShell({ session, banner }: { readonly session: EditorSession; readonly banner?: ReactNode }) {
  return (
    <SessionProvider session={session}>
      <div className="fixed inset-0 flex flex-col overflow-hidden">
        <TopBar />
        {banner}
        <div className="relative flex min-h-0 flex-1">
          {!session.readOnly && <LeftPanel />}
          <main className="relative flex min-w-0 flex-1 flex-col">
            <Breadcrumbs />
            <ShownCanvas />
            <Dock />
          </main>
          <InspectorFrame />
        </div>
      </div>
      <QuickAddSearch />
      <ContextMenu />
      <CommandPalette />
      <ShortcutsDialog />
      <ShareDialog />
      <VersionsDialog />
      <ValueDialog />
      <Shortcuts />
      <LiveRegion />
      <TourWhenAsked />
    </SessionProvider>
  );
}
