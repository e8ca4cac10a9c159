/** Next calls this once, before the first request: the server opens here, or says why it can't and ends. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { boot } = await import('./server/boot.ts');
  await boot();
}
