import { useState } from 'react';

/** Whether something has been so at least once: what is loaded for it stays. */
export function useStayed(is: boolean): boolean {
  const [was, setWas] = useState(false);
  if (is && !was) setWas(true);
  return is || was;
}
