#!/bin/sh
# Debian's prerm: before Conexor's files go, every person's own Conexor takes out what it wrote into other programs
# (electron/remove-entries.ts). As that person, never as root on their files; not at updates; never a reason to fail.
case "${1:-remove}" in
  remove | deconfigure) ;;
  *) exit 0 ;;
esac

program=/opt/Conexor/conexor-desktop
[ -x "$program" ] || exit 0
cd / || exit 0

getent passwd | while IFS=: read -r name _ uid _ _ home _; do
  folder="$home/.config/Conexor"
  [ -d "$folder" ] && [ "$(stat -c %u "$folder")" = "$uid" ] || continue
  # Chromium does not start for root otherwise; it shows nothing here.
  [ "$uid" = 0 ] && sandbox=--no-sandbox || sandbox=
  # Nothing of root's surroundings goes along. No screen is needed, and none may be there.
  timeout -k 5 25 runuser -u "$name" -- env -i HOME="$home" USER="$name" LOGNAME="$name" PATH=/usr/bin:/bin \
    LANG="${LANG:-}" "$program" --remove-entries --ozone-platform=headless $sandbox </dev/null 2>/dev/null || true
done
exit 0
