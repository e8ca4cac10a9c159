/** The editor's frame while a graph is being opened: nothing moves when it comes. */
export function EditorSkeleton() {
  return (
    <div className="flex h-dvh flex-col" aria-busy="true">
      <output className="sr-only">Opening the graph</output>
      <div className="flex h-12 shrink-0 items-center gap-3 border-line border-b bg-surface px-3">
        <span className="skeleton size-6" />
        <span className="skeleton h-4 w-44" />
        <span className="flex-1" />
        <span className="skeleton h-8 w-24" />
      </div>
      <div className="flex min-h-0 flex-1">
        <div className="w-60 shrink-0 space-y-3 border-line border-r bg-surface p-3 max-md:hidden">
          <span className="skeleton block h-8" />
          {[0, 1, 2, 3, 4, 5, 6].map((row) => (
            <span key={row} className="skeleton block h-5 w-4/5" />
          ))}
        </div>
        <div className="flex-1 bg-canvas" />
        <div className="w-80 shrink-0 space-y-3 border-line border-l bg-surface p-4 max-lg:hidden">
          <span className="skeleton block h-5 w-40" />
          <span className="skeleton block h-8" />
          <span className="skeleton block h-8" />
        </div>
      </div>
    </div>
  );
}
