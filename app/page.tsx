import { templates } from '../templates/index.ts';
import { AccountMenu } from './_account/account-menu.tsx';
import { DropToOpen } from './_home/drop-to-open.tsx';
import { Gallery } from './_home/gallery.tsx';
import { GraphInAddress } from './_home/graph-in-address.tsx';
import { GraphPreview } from './_home/graph-preview.tsx';
import { MyGraphs } from './_home/my-graphs.tsx';
import { StartButtons, TourButton } from './_home/start.tsx';
import { Logo } from './_ui/logo.tsx';
import { ThemeSwitch } from './_ui/theme-switch.tsx';

export default function Home() {
  const cards = templates.map(({ document, ...card }) => ({ ...card, picture: <GraphPreview document={document} /> }));
  return (
    <>
      <header className="sticky top-0 z-20 border-line border-b bg-surface/90 backdrop-blur">
        <div className="mx-auto flex h-14 max-w-6xl items-center gap-2.5 px-4 sm:px-6">
          <Logo />
          <span className="font-semibold text-lg tracking-tight">Patchbay</span>
          <span className="flex-1" />
          <ThemeSwitch />
          <AccountMenu />
          <StartButtons />
        </div>
      </header>
      <main className="mx-auto max-w-6xl px-4 pt-8 pb-24 sm:px-6 sm:pt-12">
        <h1 className="max-w-2xl text-balance font-semibold text-2xl tracking-tight sm:text-3xl">
          Wire a model. Watch it learn.
        </h1>
        <p className="mt-2 max-w-xl text-base text-ink-2">
          Typed nodes, checked while you draw. Runs in this page, or on a server.
        </p>
        <p className="mt-5">
          <TourButton />
        </p>

        <section aria-labelledby="templates" className="mt-8 sm:mt-10">
          <h2 id="templates" className="font-semibold text-base">
            Templates
          </h2>
          <Gallery cards={cards} />
        </section>

        <section aria-labelledby="graphs" className="mt-12">
          <h2 id="graphs" className="font-semibold text-base">
            Your graphs
          </h2>
          <MyGraphs />
        </section>
      </main>
      <DropToOpen />
      <GraphInAddress />
    </>
  );
}
