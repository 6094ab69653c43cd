"""Mail providers at which anybody can have an address: that two people share such a domain says nothing about them."""

_FAMILIES = frozenset(
    ["aol", "gmx", "hotmail", "live", "msn", "outlook", "rocketmail", "yahoo", "yandex", "ymail", "zohomail"]
)
"""Those that have a domain in many countries: `yahoo.de`, `hotmail.co.uk`, `outlook.com.br`."""

_KNOWN = (
    # the whole world
    "gmail.com googlemail.com icloud.com me.com mac.com proton.me protonmail.com protonmail.ch pm.me fastmail.com "
    "fastmail.fm hey.com zoho.com zoho.eu mail.com email.com usa.com post.com inbox.com tutanota.com tutanota.de "
    "tutamail.com tuta.io tuta.com keemail.me hushmail.com runbox.com disroot.org riseup.net duck.com mozmail.com "
    "privaterelay.appleid.com passport.com windowslive.com myself.com consultant.com engineer.com "
    # Germany, Austria, Switzerland
    "web.de t-online.de freenet.de arcor.de posteo.de posteo.net mailbox.org kabelmail.de vodafone.de vodafonemail.de "
    "online.de 1und1.de unitybox.de email.de mail.de aon.at chello.at a1.net bluewin.ch hispeed.ch sunrise.ch "
    # France, Belgium, Netherlands
    "orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr numericable.fr skynet.be telenet.be proximus.be "
    "ziggo.nl kpnmail.nl planet.nl home.nl xs4all.nl hetnet.nl "
    # Spain, Portugal, Italy, Latin America
    "telefonica.net terra.es terra.com.br uol.com.br bol.com.br ig.com.br sapo.pt libero.it virgilio.it alice.it "
    "tiscali.it tin.it tim.it fastwebnet.it "
    # Britain, Ireland, North America, Australia
    "btinternet.com sky.com talktalk.net virginmedia.com ntlworld.com blueyonder.co.uk eircom.net comcast.net "
    "xfinity.com verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net spectrum.net earthlink.net "
    "juno.com netzero.net optonline.net rogers.com shaw.ca telus.net sympatico.ca bell.net videotron.ca bigpond.com "
    "optusnet.com.au "
    # the North, the East
    "online.no telia.com comhem.se bredband.net luukku.com wp.pl o2.pl onet.pl interia.pl op.pl seznam.cz centrum.cz "
    "email.cz azet.sk freemail.hu citromail.hu abv.bg mail.bg mail.ru inbox.ru bk.ru list.ru rambler.ru ukr.net i.ua "
    # Asia
    "qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com 189.cn aliyun.com naver.com "
    "daum.net hanmail.net nate.com rediffmail.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp nifty.com"
)
_DOMAINS = frozenset(_KNOWN.split())


def is_public(domain: str) -> bool:
    """Whether the domain, in its canonical form, or one above it is a public provider's."""
    labels = domain.split(".")
    above = (labels[at:] for at in range(len(labels) - 1))
    return any(".".join(part) in _DOMAINS or _is_of_family(part) for part in above)


def _is_of_family(labels: list[str]) -> bool:
    """`yahoo.fr`, `yahoo.co.uk`, `yahoo.com.br`."""
    endings = labels[1:]
    return labels[0] in _FAMILIES and len(endings) <= 2 and all(len(ending) <= 3 for ending in endings)
