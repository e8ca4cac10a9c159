'use client';

import { Moon, Sun } from 'lucide-react';
import { useTheme } from 'next-themes';
import { IconButton } from './button.tsx';
import { Menu } from './menu.tsx';

const options = [
  { value: 'light', title: 'Light' },
  { value: 'dark', title: 'Dark' },
  { value: 'system', title: 'As on this device' },
] as const;

export function ThemeSwitch() {
  const { theme, setTheme } = useTheme();
  return (
    <Menu
      trigger={
        <IconButton
          label="Theme"
          icon={
            // the theme is known in the browser only: the icon is chosen by CSS, so that nothing shifts
            <>
              <Sun size={16} className="dark:hidden" />
              <Moon size={16} className="hidden dark:block" />
            </>
          }
        />
      }
    >
      {({ MenuChoice }) => (
        <MenuChoice label="Theme" value={(theme ?? 'system') as 'system'} onChange={setTheme} options={options} />
      )}
    </Menu>
  );
}
