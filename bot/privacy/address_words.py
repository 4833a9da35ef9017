"""Words of postal addresses: types of streets, states, units, and words that no street has."""

# Types that are enough after a number and a name; the others need a capital, a city or a cue.
STRONG_TYPES = frozenset(
    """
        street str st avenue ave av road rd boulevard blvd drive dr lane ln court ct place pl
        terrace ter trl parkway pkwy highway hwy cir broadway rte route freeway fwy expressway
        expy turnpike tpke pike crescent cres byway bypass
    """.split()
)
WEAK_TYPES = frozenset(
    """
        circle square sq loop point points pt run path plaza alley aly row ridge rdg cove cv
        crossing xing commons bend grove grv hl hill hills hollow glen manor mnr walk trail way
        annex arcade bayou beach bluff bluffs bottom branch bridge brook brooks burg burgs camp
        canyon cape causeway center centre centers circles cliff cliffs club common corner
        corners course courts coves creek crest crossroad crossroads curve dale dam divide
        drives estate estates extension extensions fall falls ferry field fields flat flats ford
        fords forest forge forges fork forks fort garden gardens gateway glens green greens
        groves harbor harbors haven heights hts highlands inlet island islands isle junction jct
        junctions key keys knoll knolls lake lakes land landing light lights loaf lock locks
        lodge mall manors meadow meadows mews mill mills mission motorway mount mountain
        mountains neck orchard oval overpass park parks parkways pass passage pine pines plain
        plains plazas port ports prairie radial ramp ranch rapid rapids rest river road roads
        route rte shoal shoals shore shores skyway spring springs spur spurs squares stravenue
        stream streets summit throughway trace track trafficway trailer tunnel underpass union
        unions valley valleys via viaduct view views village villages ville vista walks wall
        ways well wells gate foreshore parade promenade close woods loop quay esplanade
    """.split()
)
TYPES = STRONG_TYPES | WEAK_TYPES
FOREIGN_TYPES = frozenset(
    """
        rue avenida calle camino paseo via rua strada plaza boulevard chemin ruta carrera
    """.split()
)
DIRECTIONS = frozenset(
    """
        n s e w ne nw se sw north south east west northeast northwest southeast southwest
    """.split()
)
UNITS = frozenset(
    """
        apt apartment unit suite ste lot floor fl bldg building room rm flat ph penthouse studio
        level trlr trailer spc space box # no
    """.split()
)
# Words before which a number counts something, and no house.
NO_STREET = frozenset(
    """
        am pm of and or but on at with from near light lights star stars foot ft inch inches in
        bulb bulbs lamp lamps day days week weeks month months year years hour hours minute
        minutes x for is to the a an watt watts w v volt k kelvin lumen lumens cm mm pack pk
        ring rings piece pieces email emails mail mails ad ads people person times time bucks
        dollars dollar percent items item way ways per off more less than that this these those
        which outdoor indoor led tier arm blade speed pc pcs set sets pair garden my your our
        their his her its me you we they it i are was were has have had do does did not no if so
        as by reviews customers questions calls pages years different other stores store orders
        order miles mile lbs lb oz gallon pounds up down out over fan fans sconce sconces
        pendant pendants chandelier chandeliers shade shades section sections u usc cfr
    """.split()
)
# Words after a type of street that make it the name of an article.
ARTICLES = frozenset(
    """
        pendant pendants lamp lamps light lights sconce sconces chandelier fixture fixtures
        lantern lanterns collection fan bulb bulbs shade finish style design theme kit dimmer
        lighting series
    """.split()
)
_STATE_NAMES = (
    "alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii"
    "|idaho|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan"
    "|minnesota|mississippi|missouri|montana|nebraska|nevada|new hampshire|new jersey|new mexico"
    "|new york|north carolina|north dakota|ohio|oklahoma|oregon|pennsylvania|rhode island"
    "|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|washington|west virginia"
    "|wisconsin|wyoming|puerto rico|ontario|quebec|alberta|manitoba|saskatchewan|nova scotia"
    "|british columbia|new brunswick|newfoundland|district of columbia"
)
STATE_NAMES = {tuple(name.split()) for name in _STATE_NAMES.split("|")}
STATES = frozenset(
    """
        al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh
        nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc pr gu vi as mp fm mh
        pw aa ae ap on qc ab mb sk ns bc nb nl pe yt nt nu
    """.split()
)
COUNTRIES = frozenset(["usa", "us", "canada"])
# Cues after which a number and a word are an address, up to the end of the sentence or a verb.
CUES = tuple(
    tuple(phrase.split())
    for phrase in """
    live at|live on|lives on|lived on|living at|lives at|lived at|living on|reside at|resides at|residing at|address is|address|addresses|addr
    ship to|shipped to|shipping to|ship it to|send it to|sent it to|send to|sent to|deliver to|deliver it to|delivered to
    delivery to|moved from|moved to|move from|moving to|move to|mail it to|mailed to|mail to|mailing to
    house at|home is|home at|home address|located at|bill to|bill goes to|billed to|package to|catalog to|catalogs to
    from my house at|we are at|we're at|i m at|i am at|we re at|goes to|went to|house is|place is|staying at|stay at
    new place|old place|forwarded to|forward to|to my home|apartment at|condo at|residence|addy|address was
    """.replace("\n", "|").split("|")
    if phrase.strip()
)
ALONE = frozenset(
    ["broadway", "turnpike", "highway", "hwy", "route", "rte"]
)  # after a number, without a name
OF_ROADS = frozenset(
    """
        u s us state county farm to market ranch fm road rd highway hwy route rte cr sr
        interstate
    """.split()
)
NUMBERED = frozenset(
    """
        road rd highway hwy route rte fm cr sr interstate
    """.split()
)
