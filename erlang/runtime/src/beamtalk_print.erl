%% @doc Printed forms of every kind of term.
%%
%% Elements whose class has a `printString' of its own are asked for it; those of the library's
%% base classes are printed here, so that the depth of nested value objects is known.
-module(beamtalk_print).

-export([shown/1, print_string/1, display_string/1, symbol/1, brief/1, float/1]).

-define(MAX_DEPTH, 5).
-define(BRIEF, 80).

-compile({no_auto_import, [float/1]}).

%% The form that the prompt shows.
-spec print_string(term()) -> binary().
print_string(Term) ->
    unicode:characters_to_binary(print(Term, 0)).

%% The form that interpolation takes: text itself, everything else as printed. A class's own
%% `displayString' is a message; this is for terms that have none.
-spec display_string(term()) -> binary().
display_string(Text) when is_binary(Text) -> Text;
display_string(Symbol) when is_atom(Symbol) -> atom_to_binary(Symbol);
display_string(Term) ->
    case beamtalk_exception:is_exception(Term) of
        true -> beamtalk_exception:message_of(Term);
        false -> print_string(Term)
    end.

%% As the object prints itself; what has no printed form of its own that works, as Beamtalk prints it.
-spec shown(term()) -> binary().
shown(Term) ->
    try beamtalk_send:send(Term, printString, []) of
        Text when is_binary(Text) -> Text;
        _ -> print_string(Term)
    catch
        error:_ -> print_string(Term)
    end.

%% A printed form for a message: one that fails or is long does no harm.
-spec brief(term()) -> binary().
brief(Term) ->
    Text =
        try
            print_string(Term)
        catch
            _:_ -> unicode:characters_to_binary(io_lib:format("~0tp", [Term], [{chars_limit, ?BRIEF}]))
        end,
    case string:length(Text) > ?BRIEF of
        true -> <<(string:slice(Text, 0, ?BRIEF))/binary, "...">>;
        false -> Text
    end.

%%% By kind of term; the depth counts value objects around this one

print(X, _) when is_integer(X) -> integer_to_binary(X);
print(X, _) when is_float(X) -> float(X);
print(nil, _) -> <<"nil">>;
print(true, _) -> <<"true">>;
print(false, _) -> <<"false">>;
print(X, _) when is_atom(X) -> symbol(X);
print(X, _) when is_bitstring(X) -> text(X);
print(X, Depth) when is_list(X) -> list(X, Depth);
print(#{'__class__' := Module} = X, Depth) -> object(Module, X, Depth);
print(X, Depth) when is_map(X) -> dictionary(X, Depth);
print(X, Depth) when is_tuple(X) -> tuple(X, Depth);
print(X, _) when is_function(X) ->
    {arity, Arity} = erlang:fun_info(X, arity),
    [<<"a Block/">>, integer_to_binary(Arity)];
print(X, _) when is_pid(X) -> [<<"#Pid<">>, pid_numbers(X), $>];
print(X, _) when is_reference(X) -> ["#Ref<", string:slice(ref_to_list(X), 5)];
print(X, _) when is_port(X) -> ["#Port<", string:slice(port_to_list(X), 6)].

%% The shortest text that reads back as the same float.
-spec float(float()) -> binary().
float(X) -> float_to_binary(X, [short]).

%% A symbol with its `#', quoted where its text is no selector.
-spec symbol(atom()) -> binary().
symbol(Symbol) ->
    Text = atom_to_binary(Symbol),
    case beamtalk_selector:is_bare_symbol(Text) of
        true -> <<"#", Text/binary>>;
        false -> <<"#'", (binary:replace(Text, <<"'">>, <<"''">>, [global]))/binary, "'">>
    end.

text(X) when is_binary(X) ->
    case beamtalk_class:class_of(X) of
        'bt@stdlib@String' -> [$", binary:replace(X, <<"\"">>, <<"\"\"">>, [global]), $"];
        'bt@stdlib@Binary' -> [<<"<<">>, lists:join(", ", [integer_to_binary(B) || <<B>> <= X]), <<">>">>]
    end;
text(X) ->
    Whole = bit_size(X) div 8,
    Rest = bit_size(X) rem 8,
    <<Bytes:Whole/binary, Last:Rest>> = X,
    Parts = [integer_to_binary(B) || <<B>> <= Bytes] ++ [io_lib:format("~b:~b", [Last, Rest])],
    [<<"<<">>, lists:join(", ", Parts), <<">>">>].

list(X, Depth) ->
    [<<"#(">>, list_elements(X, Depth), $)].

list_elements([], _) -> [];
list_elements([Last], Depth) -> [element_string(Last, Depth)];
list_elements([Head | Tail], Depth) when is_list(Tail) ->
    [element_string(Head, Depth), <<", ">> | list_elements(Tail, Depth)];
list_elements([Head | Tail], Depth) ->
    [element_string(Head, Depth), <<" | ">>, element_string(Tail, Depth)].

elements(Elements, Depth) ->
    lists:join(<<", ">>, [element_string(Element, Depth) || Element <- Elements]).

dictionary(X, Depth) ->
    Pairs = [
        [element_string(Key, Depth), <<" => ">>, element_string(Value, Depth)]
     || {Key, Value} <- lists:sort(maps:to_list(X))
    ],
    [<<"#{">>, lists:join(<<", ">>, Pairs), $}].

tuple({'$class', Module}, _) -> atom_to_binary(beamtalk_class:name(Module));
tuple({'$metaclass', Module}, _) -> [atom_to_binary(beamtalk_class:name(Module)), <<" class">>];
tuple({'$actor', Module, To}, _) -> process(<<"#Actor<">>, Module, To);
tuple({'$supervisor', Module, To}, _) -> process(<<"#Supervisor<">>, Module, To);
tuple({'$proxy', Actor, Limit}, Depth) ->
    [<<"#TimeoutProxy<">>, print(Actor, Depth), <<", ">>, io_lib:format("~w", [Limit]), $>];
tuple({'$future', _} = Future, Depth) -> future(beamtalk_future:state(Future), Depth);
tuple({'$request', _, _, _, _, _} = Request, Depth) -> print(beamtalk_future:value(Request), Depth);
tuple({'$erlang', Module}, _) -> [<<"#ErlangModule<">>, atom_to_binary(Module), $>];
tuple(X, Depth) -> [${, elements(tuple_to_list(X), Depth), $}].

future(pending, _) -> <<"#Future<pending>">>;
future({resolved, Value}, Depth) -> [<<"#Future<resolved: ">>, element_string(Value, Depth), $>];
future({rejected, Reason}, Depth) -> [<<"#Future<rejected: ">>, element_string(Reason, Depth), $>].

process(Prefix, Module, To) ->
    [Prefix, atom_to_binary(beamtalk_class:name(Module)), $,, address(To), $>].

address(Pid) when is_pid(Pid), node(Pid) =:= node() -> pid_numbers(Pid);
address(Pid) when is_pid(Pid) -> [pid_numbers(Pid), $@, atom_to_binary(node(Pid))];
address({Name, Node}) when Node =:= node() -> atom_to_binary(Name);
address({Name, Node}) -> [atom_to_binary(Name), $@, atom_to_binary(Node)];
address(Name) when is_atom(Name) -> atom_to_binary(Name).

%% `<0.12.0>' without the brackets. A remote pid's first number is this node's own index of the
%% other node, which means nothing to a reader: the name of the node says it.
pid_numbers(Pid) ->
    Numbers = lists:droplast(tl(pid_to_list(Pid))),
    [_ | Rest] = string:split(Numbers, "."),
    ["0." | Rest].

%%% Objects with a class

element_string(#{'__class__' := Module} = X, Depth) ->
    object(Module, X, Depth);
element_string({'$actor', _, _} = Actor, Depth) ->
    print(Actor, Depth);
element_string(X, Depth) ->
    print(X, Depth).

object(Module, X, Depth) ->
    case printer(Module) of
        native -> native(Module, X, Depth);
        own -> own(X)
    end.

own(X) ->
    case beamtalk_send:send(X, printString, []) of
        Text when is_binary(Text) -> Text;
        Other -> print(Other, ?MAX_DEPTH)
    end.

%% A class has a printed form of its own when a class below the library's base classes says so.
printer('bt@stdlib@Array') -> native;
printer('bt@stdlib@Set') -> native;
printer('bt@stdlib@Result') -> native;
printer(Module) ->
    try beamtalk_class:definer(Module, printString, 1) of
        nil -> native;
        'bt@stdlib@Value' -> native;
        'bt@stdlib@Object' -> native;
        'bt@stdlib@ProtoObject' -> native;
        'bt@stdlib@Exception' -> native;
        _ -> own
    catch
        error:undef -> native
    end.

native('bt@stdlib@Array', #{elements := Elements}, Depth) ->
    [<<"#[">>, elements(tuple_to_list(Elements), Depth), $]];
native('bt@stdlib@Set', #{elements := Elements}, Depth) ->
    [<<"Set(">>, elements(lists:sort(maps:keys(Elements)), Depth), $)];
native('bt@stdlib@Result', #{isOk := true, okValue := Value}, Depth) ->
    [<<"Result ok: ">>, element_string(Value, Depth)];
native('bt@stdlib@Result', #{isOk := false, errReason := Reason}, Depth) ->
    [<<"Result error: ">>, element_string(Reason, Depth)];
native(Module, X, Depth) ->
    case beamtalk_exception:is_exception(X) of
        true -> beamtalk_exception:printString(X);
        false -> value_object(Module, X, Depth)
    end.

value_object(_Module, _X, Depth) when Depth >= ?MAX_DEPTH ->
    <<"...">>;
value_object(Module, X, Depth) ->
    Name = atom_to_binary(beamtalk_class:name(Module)),
    Fields = [
        [atom_to_binary(Field), <<": ">>, element_string(field(X, Field), Depth + 1)]
     || Field <- declared_fields(Module, X)
    ],
    case Fields =/= [] orelse is_value(Module) of
        true -> [Name, $(, lists:join(<<", ">>, Fields), $)];
        false -> [article(Name), Name]
    end.

%% Printing tells of an object whatever is wrong with it.
field(X, Field) ->
    try beamtalk_value:field(X, Field)
    catch _:_ -> nil
    end.

is_value(Module) ->
    try
        beamtalk_class:inherits(Module, 'bt@stdlib@Value')
    catch
        error:undef -> false
    end.

declared_fields(Module, X) ->
    try
        beamtalk_class:all_fields(Module)
    catch
        error:undef -> lists:sort([Key || Key <- maps:keys(X), Key =/= '__class__'])
    end.

article(<<C, _/binary>>) when C =:= $A; C =:= $E; C =:= $I; C =:= $O; C =:= $U -> <<"an ">>;
article(_) -> <<"a ">>.
