/**
 * For a Debian machine: makes its only package source a folder that offers the docker.io it has, packed again as two newer versions (9.0.8 and
 * 9.0.9 in the place of the last digits), whose engines call themselves so. Prints the version that is there and the two that are offered.
 */
export const offerNewerEngine = String.raw`set -e
repo=/opt/newer; mkdir -p $repo; cd $repo
there=$(dpkg-query -W -f '${'$'}{Version}' docker.io)
upstream=$(printf %s "$there" | grep -oE '^[0-9]+\.[0-9]+\.[0-9]+')
tree=$(mktemp -d); mkdir "$tree/DEBIAN"
for part in preinst postinst prerm postrm conffiles; do
  if [ -e /var/lib/dpkg/info/docker.io.$part ]; then cp /var/lib/dpkg/info/docker.io.$part "$tree/DEBIAN/$part"; fi
done
dpkg-query -L docker.io | sed 's,^/,,' | while read -r file; do if [ -e "/$file" ] && [ "$file" != . ]; then echo "$file"; fi; done >"$tree.list"
tar -C / --no-recursion -c -T "$tree.list" | tar -C "$tree" -x
same=$upstream; printf '%s' "$upstream"
for digit in 8 9; do
  newer=${'$'}{upstream%?}$digit
  sed -i "s/$same/$newer/g" "$tree/usr/sbin/dockerd"; same=$newer
  version=$newer+lab1
  dpkg-query -s docker.io | awk -v version=$version '/^ / { if (!skip) print; next } { skip = /^(Status|Conffiles):/ } !skip { sub(/^Version:.*/, "Version: " version); print }' >"$tree/DEBIAN/control"
  dpkg-deb -Znone --root-owner-group --build "$tree" docker.io_$digit.deb >/dev/null
  sed '/^$/d' "$tree/DEBIAN/control" >>Packages
  printf 'Filename: ./docker.io_%s.deb\nSize: %s\nSHA256: %s\n\n' $digit $(stat -c %s docker.io_$digit.deb) $(sha256sum docker.io_$digit.deb | cut -d ' ' -f 1) >>Packages
  printf ' %s' $version
done
rm -r "$tree" "$tree.list"
echo "deb [trusted=yes] file:$repo ./" >/etc/apt/sources.list.d/newer.list`;

/** Leaves a Debian machine no package source at all. */
export const forgetSources = 'rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*';
