# SPDX-License-Identifier: Apache-2.0
"""Takes into the site what is not in docs/: the reference that Doxygen makes, the changelog, and the files of the repository
that pages link to, by the same links that lead there in the repository."""
import posixpath
import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / 'build/reference'
# Pages that are not in docs/.
OUTSIDE = ['CHANGELOG.md', *(str(path.relative_to(ROOT)) for folder in ('bindings', 'examples')
                             for path in sorted(ROOT.glob(f'{folder}/*/README.md')))]
LINK = re.compile(r'\]\(([^)#:]+)(#[^)]*)?\)')


def on_files(files, config):
    for path in sorted(REFERENCE.rglob('*')):
        if path.is_file():
            files.append(File(f'reference/{path.relative_to(REFERENCE)}', str(ROOT / 'build'), config.site_dir, False))
    for page in OUTSIDE:
        files.append(File(page, str(ROOT), config.site_dir, False))
    return files


def in_site(target):
    """Where a file of the repository is in the site."""
    if target.startswith('docs/'):
        return target.removeprefix('docs/')
    header = re.fullmatch(r'include/(sfu|sfu-c)/(\w+)\.(hpp|h)', target)
    if header:  # as Doxygen spells file names
        language = 'cpp' if header[1] == 'sfu' else 'c'
        return f'reference/{language}/{header[2].replace("_", "__")}_8{header[3]}.html'
    return target


def on_page_markdown(markdown, page, config, files):
    here = page.file.src_uri
    folder = posixpath.dirname(here if here in OUTSIDE else f'docs/{here}')

    def rewrite(match):
        target = posixpath.normpath(posixpath.join(folder, match[1]))
        if (ROOT / target).is_dir():
            target = f'{target}/README.md'
        uri = in_site(target)
        if uri == target and not files.get_file_from_path(uri) and (ROOT / target).is_file():
            files.append(File(uri, str(ROOT), config.site_dir, False))
        return f']({posixpath.relpath(uri, posixpath.dirname(here) or ".")}{match[2] or ""})'

    return LINK.sub(rewrite, markdown)
