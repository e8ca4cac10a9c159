import { entries } from '../nodes/catalogue.ts';

export default function Home() {
  return <main>{entries.length} node types</main>;
}
