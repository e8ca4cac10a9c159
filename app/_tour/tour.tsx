'use client';

import { ArrowRight, Check, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useEditor, useSession } from '../_editor/context.tsx';
import { Button, IconButton } from '../_ui/button.tsx';
import { steps, whyStuck } from './steps.ts';

/** Walks a visitor from a graph with a hole to a trained model. It watches what they do and never does it for them. */
export default function Tour() {
  const [at, setAt] = useState(0);
  const [over, setOver] = useState(false);
  const step = steps[at]!;
  const done = useEditor((state) => step.isDone?.(state) ?? false);
  const stuck = useEditor(whyStuck);
  const target = useEditor((state) => step.at?.(state));
  useEffect(() => {
    if (!done) return;
    // long enough to see that it worked
    const timer = setTimeout(() => setAt((now) => Math.min(now + 1, steps.length - 1)), 700);
    return () => clearTimeout(timer);
  }, [done]);
  if (over) return null;
  const last = at === steps.length - 1;
  return (
    <>
      <Ring target={target} />
      <aside
        aria-label="Tour"
        className="fixed bottom-4 left-1/2 z-30 w-[min(26rem,calc(100vw-2rem))] -translate-x-1/2 rounded-xl border border-line-strong bg-surface p-4 shadow-dialog"
      >
        <div className="flex items-start gap-2">
          <h2 className="min-w-0 flex-1 font-semibold text-base">{step.title}</h2>
          <IconButton label="End the tour" size="sm" icon={<X size={15} />} onClick={() => setOver(true)} />
        </div>
        <p className="mt-1 text-ink-2" aria-live="polite">
          {stuck ?? step.text}
        </p>
        <div className="mt-3 flex h-8 items-center justify-between">
          <span className="tabular text-ink-2 text-xs">
            {at + 1} of {steps.length}
          </span>
          {done && step.isDone ? (
            <span className="flex items-center gap-1.5 font-medium text-good">
              <Check size={15} aria-hidden="true" />
              Done
            </span>
          ) : last ? (
            <Button look="solid" onClick={() => setOver(true)}>
              Go on by myself
            </Button>
          ) : (
            !step.isDone && (
              <Button look="solid" onClick={() => setAt(at + 1)}>
                Next
                <ArrowRight size={14} aria-hidden="true" />
              </Button>
            )
          )}
        </div>
      </aside>
    </>
  );
}

const AROUND = 6;

/** A frame around what the step speaks of. It follows while the canvas moves. */
function Ring({ target }: { readonly target: string | undefined }) {
  const ring = useRef<HTMLDivElement>(null);
  const session = useSession();
  useEffect(() => {
    // the list of nodes is needed to drag from
    if (target?.startsWith('[data-type')) session.store.setState({ panel: 'add' });
    if (target?.startsWith('[data-type')) document.querySelector(target)?.scrollIntoView({ block: 'center' });
    let frame = 0;
    const follow = () => {
      frame = requestAnimationFrame(follow);
      const box = target && target !== '#canvas' ? document.querySelector(target)?.getBoundingClientRect() : undefined;
      const { style } = ring.current!;
      style.display = box && box.width > 0 ? '' : 'none';
      if (!box) return;
      style.transform = `translate(${box.left - AROUND}px, ${box.top - AROUND}px)`;
      style.width = `${box.width + 2 * AROUND}px`;
      style.height = `${box.height + 2 * AROUND}px`;
    };
    follow();
    return () => cancelAnimationFrame(frame);
  }, [target, session]);
  return (
    <div
      ref={ring}
      aria-hidden="true"
      className="pointer-events-none fixed top-0 left-0 z-20 animate-breathe rounded-xl border-2 border-accent"
    />
  );
}
