"""The one table's keys, and which question each answers. There is no index: every question is a primary key.

| question                                        | pk            | sk                              |
|-------------------------------------------------|---------------|---------------------------------|
| who is this account                             | A#account     | A                               |
| is this session theirs                          | A#account     | S#hash of the token             |
| where did they leave their name, too             | A#account     | T#what#id                       |
| in which chats are they, what may they read     | A#account     | C#chat                          |
| of which workspaces are they                    | A#account     | W#workspace                     |
| whose is this mailbox, may it be written to     | E#address     | E                               |
| what is this workspace, its plan, its settings  | W#workspace   | W                               |
| is this account one of its people               | W#workspace   | M#account                       |
| who from outside is in this workspace's chats   | W#workspace   | O#account#chat                  |
| what stands in this workspace's audit log       | U#workspace   | milliseconds and a digest       |
| who was removed from this workspace last        | W#workspace   | R#account                       |
| what was reported as abuse, all of it           | T#reports     | R#report                        |
| what was reported of this person's invitations  | A#account     | R                               |
| what did this address report                    | E#address     | R#report                        |
| what does this receipt say                      | J#receipt     | J                               |
| how many mails did it send in the last 24 hours | W#workspace   | Q                               |
| whom did people of its chats invite into Slack  | W#workspace   | U#seconds#id                    |
| which chats does this workspace have            | W#workspace   | C#chat                          |
| what is this chat, who is in it, who is invited | C#chat        | C and C#invitation                    |
| messages from here to there, with reactions     | C#chat        | M#seq~ and M#seq#emoji#account  |
| is this message at that destination, as what    | C#chat        | L#seq#destination               |
| what was the whole mail behind a message        | C#chat        | W#mail                          |
| which message is this one of a provider         | F#hash        | F                               |
| what was done to it before it came itself       | F#hash        | E                               |
| which words wait there for a chat               | F#hash        | U                               |
| what is this call                               | G#call        | G                               |
| which call is open in the chat                  | C#chat        | G                               |
| what is this file                               | B#file        | B                               |
| how much do the workspace's files take          | W#workspace   | B                               |
| was this event told in the chat                 | C#chat        | T#what happened                 |
| what does this mailed link stand for            | X#hash        | X                               |
| which letter is to be sent                      | L#letter      | L                               |
| by which sockets is this account connected      | A#account     | L                               |
| whose is this socket                            | K#connection  | K                               |
| which browsers of theirs get pushes             | A#account     | N                               |
| do they look at a page now                      | A#account     | V                               |
| whose pushes does this browser get              | Q#endpoint    | Q                               |
| which code was mailed for this                  | V#hash        | V                               |
| what is due, in order of time; of eight parts   | D#s0          | seconds#what#chat#invitation          |
| up to which of it was handed over to the queue  | D#s0          | P                               |
| the same of what comes once an hour             | D#h0          |                                 |
| the same of what is done each minute            | D#push#s0     |                                 |
| what 0.1 noted for this day                     | D#day         | seconds#what#chat#invitation          |
| up to which day was everything of it done       | D#cursor      | D                               |
| which invitations does this address have, and   | E#address     | I#chat#invitation                     |
| which name it in a hand-over                    |               |                                 |
| which invitation has this short code            | Z#hash        | Z                               |
| was this address erased                         | H#keyed hash  | H                               |
| whose is this identity, where is its bot         | I#identity    | I                               |
| what is somebody called there                   | I#identity    | N                               |
| which identities does this account have          | A#account     | I#identity                      |
| is our app in this Slack team                    | I#slack#team  | T                               |
| which teams of this organization have it by it   | I#slack#org   | O#team                          |
| was this provider's request taken before         | Y#hash        | Y                               |
| was this request answered before                | O#hash        | O                               |
| when may this be done again                     | P#hash        | P                               |
| how often was this tried lately                 | R#hash#window | R                               |
| which invitation was this SES mail              | N#SES's id    | N                               |

Sequence numbers have ten digits, so that they sort as text. "~" sorts behind "#": the last key of all is always a message,
never a reaction on it.
"""

import hashlib

REPORTS = "T#reports"


def account(account_id: str) -> str:
    return f"A#{account_id}"


def address(email: str) -> str:
    return f"E#{email}"


def workspace(workspace_id: str) -> str:
    return f"W#{workspace_id}"


def chat(chat_id: str) -> str:
    return f"C#{chat_id}"


def whole_mail(chat_id: str, mail_id: str) -> tuple[str, str]:
    return chat(chat_id), f"W#{mail_id}"


def invitation(invitation_id: str) -> str:
    return f"C#{invitation_id}"


def membership(chat_id: str) -> str:
    return f"C#{chat_id}"


def outside(account_id: str, chat_id: str) -> str:
    return f"O#{account_id}#{chat_id}"


def audit(workspace_id: str) -> str:
    return f"U#{workspace_id}"


def receipt(receipt_id: str) -> str:
    return f"J#{receipt_id}"


def report(report_id: str) -> tuple[str, str]:
    return REPORTS, f"R#{report_id}"


def reported_inviter(account_id: str) -> tuple[str, str]:
    return account(account_id), "R"


def report_by(email: str, report_id: str) -> tuple[str, str]:
    return address(email), f"R#{report_id}"


def call(call_id: str) -> str:
    return f"G#{call_id}"


def file(file_id: str) -> tuple[str, str]:
    return f"B#{file_id}", "B"


def push_endpoint(endpoint: str) -> str:
    return f"Q#{digest(endpoint)}"


def message(seq: int) -> str:
    return f"M#{seq:010d}~"


def from_message(seq: int) -> str:
    """Before everything of this message."""
    return f"M#{seq:010d}"


def seq_of(sk: str) -> int:
    """The number in the sort key of a message, or of a reaction on it."""
    return int(sk[2:12])


def relayed_message(seq: int, destination: str) -> str:
    return f"L#{seq:010d}#{digest(destination)}"


def pace(name: str) -> str:
    return f"P#{digest(name)}"


def reaction(seq: int, emoji: str, account_id: str) -> str:
    return f"M#{seq:010d}#{emoji}#{account_id}"


def digest(text: str) -> str:
    """Stands for text that must not be readable in the table, or that has no bound."""
    return hashlib.sha256(text.encode()).hexdigest()[:40]
