%% @doc Primitives of `Uuid': RFC 9562 identifiers of versions 4 and 7.
-module(beamtalk_uuid).

-export(['class new:'/2, 'class v4'/1, 'class v7'/1, 'class fromString:'/2, asString/1, version/1]).

-type uuid() :: #{'__class__' := module(), bytes := <<_:128>>}.

-spec 'class new:'(term(), term()) -> no_return().
'class new:'(_, _) ->
    beamtalk_exception:raise(
        instantiation_error, 'Uuid', 'new:', <<"Uuid cannot be made with new:">>,
        <<"Use Uuid v4, v7 or fromString:">>, nil
    ).

-spec 'class v4'(term()) -> uuid().
'class v4'(_) ->
    <<A:48, _:4, B:12, _:2, C:62>> = crypto:strong_rand_bytes(16),
    object(<<A:48, 4:4, B:12, 2:2, C:62>>).

-spec 'class v7'(term()) -> uuid().
'class v7'(_) ->
    <<A:12, B:62, _:6>> = crypto:strong_rand_bytes(10),
    object(<<(erlang:system_time(millisecond)):48, 7:4, A:12, 2:2, B:62>>).

object(Bytes) -> #{'__class__' => 'bt@stdlib@Uuid', bytes => Bytes}.

-spec 'class fromString:'(term(), term()) -> beamtalk_result:result().
'class fromString:'(_, Text) ->
    Subject = beamtalk_check:string(Text, 'Uuid', 'fromString:'),
    Pattern = <<"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$">>,
    case re:run(Subject, Pattern, [{capture, none}]) of
        match ->
            beamtalk_result:ok(object(binary:decode_hex(binary:replace(Subject, <<"-">>, <<>>, [global]))));
        nomatch ->
            Message = ["Uuid>>fromString: cannot read ", beamtalk_print:print_string(Subject), " as a Uuid"],
            beamtalk_result:error(
                beamtalk_exception:make(parse_error, 'Uuid', 'fromString:', Message, nil, nil)
            )
    end.

-spec asString(uuid()) -> binary().
asString(#{bytes := <<A:4/binary, B:2/binary, C:2/binary, D:2/binary, E:6/binary>>}) ->
    Parts = [string:lowercase(binary:encode_hex(X)) || X <- [A, B, C, D, E]],
    iolist_to_binary(lists:join("-", Parts)).

-spec version(uuid()) -> 0..15.
version(#{bytes := <<_:48, Version:4, _:76>>}) -> Version.
