%% @doc Primitives of `Protocol', and conformance by having the methods.
-module(beamtalk_protocol).

-export(['class requiredMethods:'/2, 'class conformingClasses:'/2, 'class isProtocol:'/2]).
-export(['class allProtocols'/1, conforms/2]).

-spec 'class requiredMethods:'(beamtalk_class:class_object(), atom()) -> [atom()].
'class requiredMethods:'(_, Name) -> maps:get(methods, found(Name, 'requiredMethods:')).

-spec 'class conformingClasses:'(beamtalk_class:class_object(), atom()) -> [beamtalk_class:class_object()].
'class conformingClasses:'(_, Name) ->
    _ = found(Name, 'conformingClasses:'),
    [{'$class', M} || M <- beamtalk_registry:classes(), conforms({'$class', M}, Name)].

-spec 'class isProtocol:'(beamtalk_class:class_object(), atom()) -> boolean().
'class isProtocol:'(_, Name) -> beamtalk_registry:protocol(Name) =/= error.

-spec 'class allProtocols'(beamtalk_class:class_object()) -> [atom()].
'class allProtocols'(_) -> lists:sort([Name || #{name := Name} <- beamtalk_registry:protocols()]).

%% Has the class every method that the protocol asks for?
-spec conforms(beamtalk_class:class_object(), atom()) -> boolean().
conforms({_, Module}, Name) ->
    Protocol = found(Name, 'conformsTo:'),
    Instance = maps:get(methods, Protocol, []),
    Class = maps:get(class_methods, Protocol, []),
    lists:all(fun(S) -> beamtalk_behaviour:'canUnderstand:'({'$class', Module}, selector(S)) end, Instance) andalso
        lists:all(fun(S) -> beamtalk_behaviour:'canUnderstand:'({'$metaclass', Module}, selector(S)) end, Class).

selector(#{selector := Selector}) -> Selector;
selector(Selector) -> Selector.

found(Name, Selector) ->
    case beamtalk_registry:protocol(Name) of
        {ok, Protocol} ->
            Protocol#{methods => [selector(M) || M <- maps:get(methods, Protocol, [])]};
        error ->
            Message = [<<"Protocol '">>, beamtalk_print:display_string(Name), <<"' not found">>],
            beamtalk_exception:raise(not_found, 'Protocol', Selector, Message, nil, Name)
    end.
