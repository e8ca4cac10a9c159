import { Clock } from 'lucide-react';
import { templates } from '../templates/index.ts';
import { GraphPreview } from './_home/graph-preview.tsx';
import { MyGraphs } from './_home/my-graphs.tsx';
import { NewGraphCard, OpenTemplate, StartButtons } from './_home/start.tsx';
import { Logo } from './_ui/logo.tsx';
import { ThemeSwitch } from './_ui/theme-switch.tsx';

export default function Home() {
  return (
    <>
      <header className="sticky top-0 z-20 border-line border-b bg-surface/90 backdrop-blur">
        <div className="mx-auto flex h-14 max-w-6xl items-center gap-2.5 px-4 sm:px-6">
          <Logo />
          <span className="font-semibold text-lg tracking-tight">Patchbay</span>
          <span className="flex-1" />
          <ThemeSwitch />
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

        <section aria-labelledby="templates" className="mt-8 sm:mt-10">
          <h2 id="templates" className="font-semibold text-base">
            Templates
          </h2>
          <ul className="mt-3 grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
            {templates.map(({ id, title, summary, teaches, minutes, document }) => (
              <li
                key={id}
                className="group relative flex flex-col overflow-hidden rounded-xl border border-line bg-surface shadow-raised transition-shadow focus-within:shadow-floating hover:shadow-floating"
              >
                <div className="h-36 border-line border-b bg-canvas p-2">
                  <GraphPreview document={document} />
                </div>
                <div className="flex flex-1 flex-col p-4">
                  <h3 className="font-semibold text-base">{title}</h3>
                  <p className="mt-1 text-ink-2">{summary}</p>
                  <ul className="mt-3 flex flex-wrap gap-1" aria-label="What you learn">
                    {teaches.map((each) => (
                      <li key={each} className="rounded-sm bg-surface-3 px-1.5 py-0.5 text-2xs text-ink-2">
                        {each}
                      </li>
                    ))}
                  </ul>
                  <div className="mt-auto flex items-center justify-between pt-4">
                    <span className="flex items-center gap-1.5 text-ink-2 text-xs">
                      <Clock size={13} aria-hidden="true" />
                      about {minutes} min to run
                    </span>
                    <OpenTemplate id={id} title={title} />
                  </div>
                </div>
              </li>
            ))}
            <li className="flex">
              <NewGraphCard />
            </li>
          </ul>
        </section>

        <section aria-labelledby="graphs" className="mt-12">
          <h2 id="graphs" className="font-semibold text-base">
            Your graphs
          </h2>
          <MyGraphs />
        </section>
      </main>
    </>
  );
}
