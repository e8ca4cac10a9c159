import { LinkGone } from '../../_share/link-gone.tsx';

export default function NotFound() {
  return <LinkGone />;
}
