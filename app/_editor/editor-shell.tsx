'use client';

import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { TopBar } from './bar/top-bar.tsx';
import { Breadcrumbs } from './canvas/breadcrumbs.tsx';
import { Canvas } from './canvas/canvas.tsx';
import { Shortcuts } from './commands/shortcuts.tsx';
import { SessionProvider, useEditor } from './context.tsx';
import { InspectorFrame } from './inspector-frame.tsx';
import { Later, part, worded } from './later.tsx';
import { LiveRegion } from './live-region.tsx';
import type { EditorSession } from './state/session.ts';

const leftPanel = part(
  ({ ready }) => ready,
  async () => (await worded(import('./panel/left-panel.tsx'))).LeftPanel,
);
// what is not there until somebody asks for it is not loaded before
const quickAdd = part(
  ({ quickAdd }) => quickAdd !== undefined,
  async () => (await worded(import('./panel/quick-add.tsx'))).QuickAddSearch,
);
const contextMenu = part(
  ({ menu }) => menu !== undefined,
  async () => (await import('./commands/context-menu.tsx')).ContextMenu,
);
const commandPalette = part(
  ({ dialog }) => dialog === 'commands',
  async () => (await import('./commands/command-palette.tsx')).CommandPalette,
);
const shortcutsDialog = part(
  ({ dialog }) => dialog === 'shortcuts',
  async () => (await import('./commands/shortcuts-dialog.tsx')).ShortcutsDialog,
);
const shareDialog = part(
  ({ dialog }) => dialog === 'share',
  async () => (await import('./dialogs/share-dialog.tsx')).ShareDialog,
);
const versionsDialog = part(
  ({ dialog }) => dialog === 'versions',
  async () => (await import('./dialogs/versions-dialog.tsx')).VersionsDialog,
);
const valueDialog = part(
  ({ viewing }) => viewing !== undefined,
  async () => (await import('./values/value-dialog.tsx')).ValueDialog,
);
const programDialog = part(
  ({ program }) => program !== undefined,
  async () => (await import('./program/program-dialog.tsx')).ProgramDialog,
);
const traceDialog = part(
  ({ trace }) => trace !== undefined,
  async () => (await import('./program/trace-dialog.tsx')).TraceDialog,
);
const nameWire = part(
  ({ naming }) => naming !== undefined,
  async () => (await import('./dialogs/name-wire.tsx')).NameWire,
);
const dock = part(
  ({ dock }) => dock !== undefined,
  async () => (await import('./dock/dock.tsx')).Dock,
);
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

/** The room of the left panel is there before the panel is, so that the canvas stays where it is. */
function LeftRoom({ children }: { readonly children: ReactNode }) {
  const open = useEditor(({ panel }) => panel !== undefined);
  return open ? (
    <div className="flex w-60 shrink-0 border-line border-r bg-surface max-md:contents">{children}</div>
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
          {!session.readOnly && (
            <LeftRoom>
              <Later part={leftPanel} />
            </LeftRoom>
          )}
          <main className="relative flex min-w-0 flex-1 flex-col">
            <Breadcrumbs />
            <ShownCanvas />
            <Later part={dock} />
          </main>
          <InspectorFrame />
        </div>
      </div>
      <Later part={quickAdd} />
      <Later part={contextMenu} />
      <Later part={commandPalette} />
      <Later part={shortcutsDialog} />
      <Later part={shareDialog} />
      <Later part={versionsDialog} />
      <Later part={valueDialog} />
      <Later part={programDialog} />
      <Later part={traceDialog} />
      <Later part={nameWire} />
      <Shortcuts />
      <LiveRegion />
      <TourWhenAsked />
    </SessionProvider>
  );
}
