%% @doc Primitives of `Binary': bytes, their encodings, and Erlang's external term format.
-module(beamtalk_binary).

-export(['class serialize:'/2, 'class deserialize:'/2, 'class deserializeWithUsed:'/2]).
-export(['class fromIolist:'/2, 'class fromBytes:'/2, 'class fromBase64:'/2]).
-export(['class fromBase64Url:'/2, 'class fromHex:'/2, byteSize/1, byte_at/2, 'byteAt:'/2]).
-export(['part:size:'/3, 'concat:'/2, concat/2, toBytes/1, asString/1, asStringUnchecked/1]).
-export([asBase64/1, asBase64Url/1, asHex/1, 'digest:'/2]).

-spec 'class serialize:'(term(), term()) -> binary().
'class serialize:'(_, Value) -> term_to_binary(Value).

-spec 'class deserialize:'(term(), term()) -> term().
'class deserialize:'(_, Bytes) -> decoded(Bytes, [safe], 'deserialize:').

-spec 'class deserializeWithUsed:'(term(), term()) -> {term(), non_neg_integer()}.
'class deserializeWithUsed:'(_, Bytes) -> decoded(Bytes, [safe, used], 'deserializeWithUsed:').

decoded(Bytes, Options, Selector) ->
    Checked = beamtalk_check:string(Bytes, 'Binary', Selector),
    try binary_to_term(Checked, Options)
    catch error:badarg ->
        beamtalk_check:parse('Binary', Selector, <<"the bytes hold no term that is safe to read">>, nil)
    end.

-spec 'class fromIolist:'(term(), term()) -> binary().
'class fromIolist:'(_, Data) ->
    try iolist_to_binary(Data)
    catch error:badarg ->
        beamtalk_exception:type_error('Binary', 'fromIolist:', <<"bytes and Binaries">>, Data)
    end.

-spec 'class fromBytes:'(term(), term()) -> binary().
'class fromBytes:'(_, Bytes) ->
    List = beamtalk_check:elements(Bytes, 'Binary', 'fromBytes:'),
    try list_to_binary(List)
    catch error:badarg ->
        beamtalk_check:invalid('Binary', 'fromBytes:', <<"expects Integers from 0 to 255">>, nil)
    end.

-spec 'class fromBase64:'(term(), term()) -> beamtalk_result:result().
'class fromBase64:'(_, Text) -> base64(beamtalk_check:string(Text, 'Binary', 'fromBase64:'), 'fromBase64:').

-spec 'class fromBase64Url:'(term(), term()) -> beamtalk_result:result().
'class fromBase64Url:'(_, Text) ->
    Plain = << <<(standard(C))>> || <<C>> <= beamtalk_check:string(Text, 'Binary', 'fromBase64Url:'), C =/= $= >>,
    Padding = binary:copy(<<"=">>, (4 - byte_size(Plain) rem 4) rem 4),
    base64(<<Plain/binary, Padding/binary>>, 'fromBase64Url:').

standard($-) -> $+;
standard($_) -> $/;
standard(C) -> C.

base64(Text, Selector) ->
    try beamtalk_result:ok(base64:decode(Text))
    catch error:_ -> unreadable(Selector, <<"Base64">>)
    end.

-spec 'class fromHex:'(term(), term()) -> beamtalk_result:result().
'class fromHex:'(_, Text) ->
    try beamtalk_result:ok(binary:decode_hex(beamtalk_check:string(Text, 'Binary', 'fromHex:')))
    catch error:badarg -> unreadable('fromHex:', <<"hexadecimal digits">>)
    end.

unreadable(Selector, What) ->
    Message = ["Binary>>", atom_to_binary(Selector), " the text is no ", What],
    beamtalk_result:error(beamtalk_exception:make(parse_error, 'Binary', Selector, Message, nil, nil)).

-spec byteSize(binary()) -> non_neg_integer().
byteSize(Bytes) -> byte_size(Bytes).

-spec byte_at(binary(), term()) -> byte().
byte_at(Bytes, Index) -> byte_at(Bytes, Index, 'at:').

-spec 'byteAt:'(binary(), term()) -> byte().
'byteAt:'(Bytes, Index) -> byte_at(Bytes, Index, 'byteAt:').

byte_at(Bytes, Index, Selector) ->
    binary:at(Bytes, beamtalk_check:index(Index, byte_size(Bytes), 'Binary', Selector) - 1).

-spec 'part:size:'(binary(), term(), term()) -> binary().
'part:size:'(Bytes, Start, Size) ->
    Count = beamtalk_check:non_negative(Size, 'Binary', 'part:size:'),
    From = beamtalk_check:index(Start, byte_size(Bytes) + 1, 'Binary', 'part:size:'),
    Count > 0 andalso beamtalk_check:index(From + Count - 1, byte_size(Bytes), 'Binary', 'part:size:'),
    binary:part(Bytes, From - 1, Count).

-spec 'concat:'(binary(), term()) -> binary().
'concat:'(A, B) when is_binary(B) -> <<A/binary, B/binary>>;
'concat:'(_, B) -> beamtalk_exception:type_error('Binary', 'concat:', <<"a Binary">>, B).

-spec concat(binary(), term()) -> binary().
concat(A, B) when is_binary(B) -> <<A/binary, B/binary>>;
concat(_, B) -> beamtalk_exception:type_error('Binary', '++', <<"a Binary">>, B).

-spec toBytes(binary()) -> [byte()].
toBytes(Bytes) -> binary_to_list(Bytes).

-spec asString(binary()) -> binary().
asString(Bytes) ->
    case unicode:characters_to_binary(Bytes) of
        Bytes -> Bytes;
        _ -> beamtalk_check:invalid('Binary', asString, <<"expects bytes that are UTF-8">>, nil)
    end.

-spec asStringUnchecked(binary()) -> binary().
asStringUnchecked(Bytes) -> Bytes.

-spec asBase64(binary()) -> binary().
asBase64(Bytes) -> base64:encode(Bytes).

-spec asBase64Url(binary()) -> binary().
asBase64Url(Bytes) ->
    << <<(for_addresses(C))>> || <<C>> <= base64:encode(Bytes), C =/= $= >>.

for_addresses($+) -> $-;
for_addresses($/) -> $_;
for_addresses(C) -> C.

-spec asHex(binary()) -> binary().
asHex(Bytes) -> string:lowercase(binary:encode_hex(Bytes)).

-spec 'digest:'(binary(), term()) -> binary().
'digest:'(Bytes, Algorithm) ->
    try crypto:hash(beamtalk_check:symbol(Algorithm, 'Binary', 'digest:'), Bytes)
    catch error:_ ->
        Message = ["knows no algorithm ", beamtalk_print:print_string(Algorithm)],
        beamtalk_check:invalid('Binary', 'digest:', Message, nil)
    end.
