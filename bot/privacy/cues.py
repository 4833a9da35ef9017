"""Cues: words that say what the number or code beside them is.

``other`` marks what is nobody's: articles, sizes, laws. It keeps a number from being taken for a
phone number. The longest phrase holds.
"""

_LABELS = {
    "phone": """
        phone|phones|telephone|tel|ph|cell|cellphone|cell phone|mobile|mob|landline|land line|fax
        telefono|teléfono|téléphone|telefon|handy|celular|fone|call|call me|call us|called|calling me|calls|ring|rang|ring me|text|texts|text me|txt
        texting|texted|sms|dial|whatsapp|whats app|wa me|reach me|reach us|reach|contact me
        message at|leave a message at|contact number|phone number|my number|our number|her number|his number
        home number|work number|area code|voicemail|viber|telegram|signal|callback|call back|☎
        """,
    "card": """
        card|cards|card number|card no|credit card|debit card|visa|mastercard|master card|amex
        american express|discover card|diners|maestro|jcb|cc|cc number|paid with|pay with|pay w|paying with|charge it to|charge to|charge it|deposit to|charged to|half on|exp|expires|expiry|expiration|valid thru|cardnumber|crd
        """,
    "ssn": """
        ssn|ssns|soc|socail|socal|ss number|ss no|ss|social|social security|social security number
        social security no|soc sec|soc sec no|itin|tax id|taxpayer id|tax payer id|tin|sin
        social insurance number|social number|individual taxpayer
        """,
    "cvv": """
        código de seguridad|codigo de seguridad|sicherheitscode|cvv|cvv2|cvc|cvc2|cvn|csc|cid|security code|card code|code on the back|back of the card
        digits on the back|numbers on the back|number on the back|code on back|digits on back
        numbers on back|verification code of my card|three digit code|3 digit code|card verification
        """,
    "pin": "pin|pin code|pin number|pin no|passcode|pass code",
    "password": """
        passwort|contraseña|contrasena|mot de passe|password|passwd|pwd|pw|passwort|pass word|passphrase|psw|pword
        """,
    "birth_date": """
        geburtsdatum|year of birth|geboren am|geboren|née le|né le|nacida el|nacido el|fecha de nacimiento|born|born on|born in|birthday|birth date|birthdate|date of birth|dob|d o b|bday|b day
        birth day|birthdate is
        """,
    "passport": "passport card|passport card number|pasaporte|reisepass|passeport|passport|pasport|passport number|passport no|passport num|pass port|passport id",
    "licence": """
        licencia de conducir|führerschein|permis de conduire|dln|license|licence|drivers license|drivers licence|driver license|driver licence|driving licence
        driving license|driver s license|driver s licence|dl|dl number|license number
        licence number|drivers lic|driver lic|drivers id|drivers licens|drivers liscense
        driver s liscense|lisence|lisence number|liscense|lisense|lic|lic no|operator license|license no|licence no
        """,
    "id_number": """
        national insurance|nhs|nhs number|national insurance number|ni number|nino|medicare
        medicare number|medicaid|medicare id|national id|id card|state id|green card|alien number
        a number|visa number|military id|health card
        """,
    "bank_account": """
        bank account|bank account number|routing|routing number|aba|sort code|checking account
        savings account|swift|bic|account and routing|bank acct|iban|btc|bitcoin|wallet
        """,
    "order_number": """
        bestellnummer|pedido|numero de pedido|numéro de commande|commande|order|orders|ordr|oder|ordder|order number|order no|order nr|order nmbr|order id|order ref
        order reference|order confirmation|confirmation|confirmation number|purchase order|po
        sales order|web order|invoice|invoice number|receipt|receipt number|order num|oder number
        rma|rma number|return number|conf|order code|coupon|coupon code|gift card|gift card number
        gift code|voucher|quote number|quote|ticket|case number|claim number|ticket number
        order s number|orders number|ord|order numbr|order numer
        """,
    "customer_number": """
        kundennummer|numero de cliente|número de cliente|client number|customer|customer number|customer no|customer id|cust|client|client number|client id
        account|account number|account no|account id|acct|acct number|acct no|accnt|acc|a c
        member|member number|member id|membership|membership number|loyalty|loyalty number
        loyalty card|loyalty id|rewards|rewards number|reward number|rewards card|rewards id
        reward|trade account|user id|customer account|cust no|shopper id|my id|club card|club number
        loyalty no|membership id|subscriber number|subscriber id|frequent shopper|points card
        """,
    "tracking_number": """
        numero de rastreo|sendungsnummer|trk|trackin|trackin number|tracking|tracking number|tracking no|tracking id|tracking code|track|track package
        tracking num|shipment|shipment number|ups|fedex|usps|dhl|parcel|package|package number
        waybill|consignment|shipping number|delivery number|ontrac|lasership
        """,
    "username": """
        username|user name|user|login|login name|skype|skype id|venmo|instagram|insta|snapchat
        twitter handle|my twitter|my insta|my instagram|my handle|discord|screen name|cashapp
        cash app|paypal|telegram handle|my tiktok|my snap|my facebook|linkedin com in|my twitter is
        """,
    "other": """
        po box|p o box|post office box|sku|skus|item|items|item number|item no|model|model number|model no|part|part number|part no
        product|product id|product number|product code|style|catalog number
        article|art no|upc|upc code|ean|isbn|asin|imei|serial|serial number|batch|lot|lot number
        reference|ref|reference number|ref number|ref no|zip|zip code|zipcode|postal code|version
        section|sec|usc|u s c|cfr|regulation|page|ccpa|gdpr|cpra|firmware|build|chrome|firefox
        safari|edge|android|ios|windows|price|prices|cost|costs|total|finish|score|lamp|fan|bulb
        looking for|discontinued|year|since|copyright|article number|room|imei number|color code
        serial no|barcode|bar code|size|sizes|dimensions|case of|pack|model name|rev|revision|table|figure|fig|chapter|manual|software|sw
        mac|ticket price|statute|statutes|code section|civil code|bill no|act|hr|fixture|pendant
        sconce|chandelier|collection|shade|ceiling fan|light|lights|lumens|watts|lm|store|store number
        store no|glass|switch|dimmer|transformer|driver model|ballast|ul|etl|extension cord|meid
        pn|p n|gtin|hts|hts code|tariff code|commodity code|hs code|order code|ts|error|error code|erro code|http|port|release|ubuntu|tls|ssl|sha|aes|rfc|iso|ansi|spec
        """,
}
# Words between a number and the cue after it: "… is my cell", "… thats the order number".
AFTER = frozenset(
    """
        is was s that thats its it my the our are were for as a an me old new home work own her
        his number mobile be being used to goes belongs
    """.split()
)
# Words that may touch a number: "cell6125550134", "ip203.0.113.5".
TOUCHING = frozenset(
    """
        cell phone tel call text ip ssn card order acct account ph mobile fax x ext pin cvv visa
        mc amex mastercard discover exp thx thanks pls
    """.split()
)
# Words after a number that say what it counts.
UNITS = frozenset(
    """
        in inch inches ft feet foot cm mm m meter meters metre metres yd yards w watt watts v
        volt volts k kelvin lm lumen lumens amp amps hz lb lbs oz kg g gal gallon gallons sq
        square percent pct dollars dollar bucks usd eur euro euros yen cents cent pounds pesos
        zl day days week weeks month months year years yr yrs hour hours hr hrs minute minutes
        min mins second seconds sec pm am oclock times time people customers users emails mails
        messages texts calls ads reviews orders items pieces pcs pack packs lights light bulbs
        bulb lamps lamp questions miles mi km stars star steps points pages cookies sites
        companies shoppers stores cri psi rpm
    """.split()
)


def _phrases() -> dict[str, tuple[tuple[list[str], str], ...]]:
    """Return for each first word the phrases that begin with it, the longest first."""
    by_word: dict[str, list[tuple[list[str], str]]] = {}
    for label, listed in _LABELS.items():
        for phrase in listed.replace("\n", "|").split("|"):
            if words := phrase.split():
                words = [part for word in words for part in _atoms(word)]
                by_word.setdefault(words[0], []).append((words, label))
    return {
        word: tuple(sorted(found, key=lambda entry: -len(entry[0])))
        for word, found in by_word.items()
    }


def _atoms(word: str) -> list[str]:
    """Return a word cut where letters and digits meet, as a text is."""
    cut, part = [], ""
    for character in word:
        if part and part[-1].isdigit() != character.isdigit():
            cut.append(part)
            part = ""
        part += character
    return [*cut, part]


PHRASES = _phrases()
